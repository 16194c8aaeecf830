"""Templates in English."""

from tests.text.structures.slots import Structure

ENGLISH = (
    Structure(
        name="comments under headings",
        source="Alex-Unnippillil/alex-unnippillil-portfolio, docs/incidents/postmortem-template.md",
        text="""\
# Postmortem

## Summary
<<s|<!-- In a few words. -->|Checkout was down for an hour.>>

## Impact
<<x|<!-- Who noticed it, and how. -->|Every tenth order was lost.>>

## Root Cause
<<x|<!-- What was behind it. -->|A full disk.>>

## Timeline
| Time (UTC) | Event |
|-----------|-------|
<<n|\\| HH:MM \\| What happened \\||\\| 10:04 \\| The disk was full \\|>>

## Action Items
<<O|- [ ] Tasks to follow up
- [ ] Who does them, and when|- [ ] #9 cleans the disk>>

## Lessons Learned
<<x|<!-- What went well? What could be better? -->|Watch the disks.>>
""",
    ),
    Structure(
        name="underlined headings and a head of facts",
        source="opsvantagedigi/buildwithai-V0DEV-up, docs/runbooks/postmortems/postmortem-template.md",
        text="""\
Postmortem
==========

Title: <<x|[short title]|Checkout down>>
Date: <<x|[the day]|2026-11-02>>
Incident lead: <<x|[name]|Anna>>

Summary
-------
<<s|One paragraph about impact and time.|Checkout was down for an hour.>>

Timeline
--------
<<n|- [HH:MM] - Event
- [HH:MM] - Detection
- [HH:MM] - Mitigation|- [10:04] - The disk was full
- [10:20] - The alert fired
- [11:10] - The disk was cleaned>>

Root Cause
----------
<<x|A short explanation of the cause.|A full disk.>>

Corrective Actions
------------------
<<o|- Short-term (patch)
- Long-term (tests)|- #9 cleans the disk>>
""",
    ),
    Structure(
        name="sentences as prompts",
        source="jigiman/prism, .github/templates/incident.postmortem.template.md",
        text="""\
# Incident / Postmortem Report

## Incident Summary
<<S|A brief account of what happened.|Checkout was down for an hour.>>

## Timeline
<<n|- When it began
- When it was noticed
- When it ended|- 10:04 The disk was full
- 10:20 The alert fired
- 11:10 The disk was cleaned>>

## Impact
<<x|- Impact on users
- Impact on the business|- Every tenth order was lost>>

## Root Cause
<<x|What was behind it?|A full disk.>>
""",
        review={"sections": {"summary": "Incident Summary"}},
    ),
    Structure(
        name="italics, bold labels in lists, numbered blank rows",
        source="vadym-shukurov/arkiv-sre-blueprint, gameday/templates/postmortem.md",
        text="""\
# Postmortem

## Summary

<<s|*One line about the incident.*|Checkout was down for an hour.>>

## Impact

- **Duration:** <<x||65 minutes>>
- **Users affected:** <<x||about 4,000>>

## Timeline

| Time (UTC) | Event |
|------------|-------|
<<n|\\| \\| \\||\\| 10:04 \\| The disk was full \\|>>
| | |

## Root Cause

<<x|*What was behind it?*|A full disk.>>

## Action Items

| # | Action | Owner |
|---|--------|-------|
| 1 | <<O||#9 cleans the disk>> | |
| 2 | | |
""",
    ),
    Structure(
        name="underscores, a dashed time, deeper causes",
        source="a postmortem template found by its text (Executive Summary, Primary Cause)",
        text="""\
# Postmortem

> Replace what is below.

## Executive Summary
<<s|_A few words on impact, cause and mitigation._|Checkout was down for an hour.>>

## Timeline
<<n|- **HH:MM TZ** – Event|- **10:04 UTC** – The disk was full>>

## Root Cause Analysis
### Primary Cause
<<n|_What failed first._|A full disk.>>

### Contributing Factors
<<n|1. Factor A
2. Factor B|1. No alert on the disk
2. Logs are kept for ever>>

## Action Items
| ID | Description | Owner | Due |
|----|-------------|-------|-----|
<<O||\\| 1 \\| #9 \\| Anna \\| soon \\|>>
""",
    ),
    Structure(
        name="labels in lists everywhere",
        source="a postmortem template found by its text (Incident Metadata, What Worked / What Failed)",
        text="""\
# Postmortem

## Incident Metadata

- Incident ID: <<x||INC-12>>
- Severity: <<x||2>>
- Start Time: <<r Start Time||10:04>>
- End Time: <<r End Time||11:10>>

## Summary

<<s|What happened, when, and to whom.|Checkout was down for an hour.>>

## Timeline

<<n|- HH:MM - Detection
- HH:MM - Recovery|- 10:20 - Detection
- 11:10 - Recovery>>

## What Worked / What Failed

- Worked: <<x||the rollback>>
- Failed: <<x||the alert>>
""",
    ),
    Structure(
        name="a summary of bold labels, and questions as items",
        source="a postmortem template found by its text (v0.1, T0, T1, T2)",
        text="""\
# Postmortem (v0.1)

## Summary

- **Incident ID**: <<s||INC-12>>
- **Date/Time**: <<s||2026-11-02 10:04>>
- **Severity**: <<s||2>>

## Impact

- What happened? <<x||Checkout was down.>>
- How long? <<x||An hour.>>

## Timeline (UTC)

- T0: <<n||The disk was full>>
- T1: <<n||The alert fired>>

## Root Cause

- Primary cause: <<x||A full disk.>>
""",
    ),
    Structure(
        name="numbered headings and italic prompts",
        source="a postmortem template found by its text (Back to Index)",
        text="""\
# Post-Mortem: [NAME OF THE INCIDENT]

**Date:** <<x|YYYY-MM-DD|2026-11-02>>
**Authors:** <<x|[who wrote it]|Anna>>
**Status:** <<x|[Draft or Final]|Final>>

---

## 1. Summary

<<s|*A paragraph: what happened, and what it did.*|Checkout was down for an hour.>>

---

## 2. Impact

- **User Impact:** <<x|How were users affected? (e.g., "many errors")|Every tenth order was lost.>>

---

## 3. Timeline (UTC)

<<n|*Events with their times.*

- **YYYY-MM-DD HH:MM:** [What happened]|- **2026-11-02 10:04:** The disk was full>>
""",
    ),
    Structure(
        name="emoji, comments behind bold labels, a numbered blank list",
        source="streamethorg/streameth-platform, .github/PULL_REQUEST_TEMPLATE/post_mortem.md",
        text="""\
# 😵 Post-Mortem 😵

## Summary
<<s|<!-- Sum it up. -->|Checkout was down for an hour.>>

## Impact
-    **Services Affected**: <<x|<!-- Name them. -->|checkout>>

## Root Cause Analysis
<<n|<!-- Explain it. -->|A full disk.>>

## Lessons Learned
<<x|1.
2.
3.|1. Watch the disks.>>

**Reviewer Checklist:**
-    [ ] All details are there
""",
    ),
    Structure(
        name="emoji with variation selectors",
        source="erify-world/erify-world, .github/ISSUE_TEMPLATE/postmortem-report.md",
        text="""\
---
name: "🔥 Postmortem Report"
about: "A report"
---

# 🔥 Postmortem Report

## 🗓️ Timeline
- Start:  <<n||10:04>>
- Detection:  <<n||10:20>>

## 🕵 Root Cause
<<x|What set it off?|A full disk.>>

## 📖 Lessons & Action Items
- [ ] <<O|Prevent it|#9 prevents it>>
""",
    ),
    Structure(
        name="whys in nested lists, one value a line in italics",
        source="a postmortem template found by its text (Ticket/Incident, 5 Whys)",
        text="""\
# Post-Mortem

**Ticket/Incident:** <<x|[Link to it]|#1>>
**Date:** <<x|YYYY-MM-DD|2026-11-02>>

## 1. Summary
<<s|*In short, what happened.*|Checkout was down for an hour.>>

## 2. Impact
<<x|*Who was affected?*
*How long?*|Buyers, for an hour.>>

## 3. Root Cause Analysis (5 Whys)
1. Why did it fail?
   - <<n|*Answer...*|The disk was full.>>
2. Why was that so?
   - <<n|*Answer...*|Logs are kept for ever.>>
3. ...

## 6. Action Items
| Task | Owner | Priority |
|---|---|---|
| <<O|*What to do*|#9>> | | |
""",
    ),
    Structure(
        name="tables with blank heads and bold names",
        source="yearn/yearn-security, postmortems/template.md",
        text="""\
DATE - TITLE

|              |                        |
| ------------ | ---------------------- |
| **Status**   | <<x|New, Ongoing, or Close|Close>> |
| **Severity** | <<x|Minor, Major, Critical|Major>> |


### Summary

<<s|_One or two lines._|Checkout was down for an hour.>>


### Timeline

- BEGIN: <<n||10:04>>
- END: <<n||11:10>>
- LENGTH of the disruption: <<n||66 minutes>>


### Impact

- What impacted

  - <<x||Checkout>>

### Prevention Actions

|            |           |            |
| ---------- | --------- | ---------- |
| **Action** | **Owner** | **Status** |
| <<O||#9>>  |           |            |
""",
    ),
    Structure(
        name="underlined headings over labels",
        source="raven-dev-ops/Executive_Assistant_AI_SaaS, docs/ISMS/INCIDENT_TEMPLATE.md",
        text="""\
Incident
========

Metadata
--------
- Incident ID: <<x||INC-12>>
- Severity: <<x|P0 / P1 / P2|P1>>

Summary
-------
- What happened: <<s||Checkout was down.>>
- Customer impact: <<s||Every tenth order was lost.>>
- Duration: <<s||65 minutes>>

Timeline (UTC)
--------------
- HH:MM - Detection:<<n|| 10:20, by the alert>>
- HH:MM - Recovery:<<n|| 11:10>>

Root Cause
----------
- Primary cause: <<x||A full disk.>>
""",
    ),
    Structure(
        name="no headings but bold labels in a list, then sections of one dash",
        source="mpro775/musad-bot-n8n, docs/runbooks/incident-template.md",
        text="""\
# Incident Report

- **ID**: <<x|INC-YYYYMMDD-XX|INC-20261102-01>>
- **Start Time**: <<x||10:04>>
- **Duration**: <<x||65 minutes>>
- **Severity**: <<x|SEV1/SEV2/SEV3|SEV2>>

## Timeline
<<n|- 03:00 Alert fired: <rule>
- 03:05 IC assigned: <name>
- ...|- 10:20 Alert fired: disk
- 10:25 IC assigned: Anna>>

## Root Cause
-<<x|| A full disk.>>

## Action Items
<<O|- [ ] Fix/PR #
- [ ] Add alert for X|- [x] Fix/PR #9>>
""",
    ),
    Structure(
        name="front matter, choices, and event names in a table",
        source="a GitHub issue template found by its text (Post-Incident RCA, Incident Snapshot)",
        text="""\
---
name: Post-Incident RCA
title: "RCA: [SEV#] [YYYY-MM-DD] [Summary]"
labels: ["rca", "incident"]
---

## Incident Snapshot
- **Severity:** <<x|SEV1 / SEV2 / SEV3|SEV2>>
- **Start / End (UTC):** <<x||10:04 / 11:10>>

## Timeline (UTC)
| Time | Event |
| --- | --- |
| <<n|HH:MM|10:20>> | Detection |
| <<n|HH:MM|11:10>> | Recovery |

## Root Cause
- **What failed:** <<x||The disk.>>
- **Why it failed:** <<x||It was full.>>

## Corrective & Preventive Actions
<<O||#9>>
""",
    ),
    Structure(
        name="a field and value table, an example in a quotation",
        source="an RCA template found by its text (Incident Information, Executive Summary)",
        text="""\
# Root Cause Analysis (RCA)

## Incident Information

| Field | Value |
|-------|-------|
| **Incident ID** | <<x|INC-YYYY-MM-DD-XXX|INC-2026-11-02-001>> |
| **Severity** | <<x|P0 / P1 / P2|P1>> |
| **Duration** | <<x|X hours Y minutes|1 hour 6 minutes>> |

---

## 1. Executive Summary

<<s|*[A few sentences on what happened]*

**Example**:
> On [date], users saw [what] for [how long].|Checkout was down for an hour.>>

## 2. Timeline

<<n|*[Events in order]*|At 10:04 the disk was full, at 11:10 it was clean.>>
""",
    ),
    Structure(
        name="a right-aligned timeline and a zone to fill in",
        source="taiyosogawa/portfolio, .github/ISSUE_TEMPLATE/rca-template.md",
        text="""\
## Basic Info
- Impact Date(s): <<x||2026-11-02>>
- DRI(s):<<x|| Anna>>

## Customer Impact
<<x|<!-- From the customer's side. -->|Every tenth order was lost.>>

## Root Cause
<<x|<!-- What was behind it. -->|A full disk.>>

## Detailed Timeline
<<N|<!-- In order. -->

All times are in: {timezone}
\\|Time\\|Event\\|
\\|---:\\|-----\\|
\\| \\| \\||All times are in: UTC
\\|Time\\|Event\\|
\\|---:\\|-----\\|
\\| 10:04 \\| The disk was full \\|>>

## Action items
<<O|- Item 1 {GITHUB ISSUE}|- #9>>
""",
        review={"sections": {"narrative": ["Detailed Timeline"]}},
    ),
    Structure(
        name="labels at the margin and no heading",
        source="imantung/imantung.github.io, gist/rca.md",
        text="""\
Overview: <<S||Checkout was down for an hour.>>
What happened: <<n||At 10:04 the disk was full.>>
Resolution: <<x||It was cleaned.>>
Root causes: <<x||A full disk.>>
Action items: <<O||#9>>
""",
        review={"sections": {"summary": "Overview"}},
    ),
    Structure(
        # Root Cause is no name that the policy knows, so it belongs to the timeline above it
        name="names without marks right above their lists",
        source="georgeprowse91/pm-tools-templates, docs/governance/rca-template.md",
        text="""\
Summary
- Incident/Defect ID: <<s||INC-12>>
- Owner: <<s||Anna>>

Timeline
- <<n|Key events with their times (discovery -> end)|10:04 the disk was full, 11:10 it was clean>>

Root Cause
- Primary cause: <<n||A full disk.>>

Corrective Actions
- Immediate fixes: <<o||#9>>
""",
    ),
    Structure(
        name="a title in brackets, deep headings, bold labels with the text below",
        source="luna-matching/agent-orchestrator, agents/triage/references/postmortem-templates.md",
        text="""\
## Incident Postmortem: [Title]

### Incident Summary
| Field | Value |
|-------|-------|
| Incident ID | <<x|INC-YYYY-NNNN|INC-2026-0012>> |
| Duration | <<x|[start] to [end] (X hours Y minutes)|10:04 to 11:10>> |

### Timeline (UTC)

| Time | Event |
|------|-------|
<<n|\\| HH:MM \\| [First symptom] \\|
\\| HH:MM \\| [End] \\||\\| 10:04 \\| The disk was full \\|
\\| 11:10 \\| It was clean \\|>>

### Root Cause

**What happened:**
<<n|[The technical cause]|The disk was full.>>

**Why it happened:**
<<n|1. Why? [First]
2. Why? [Second]|1. Why? Logs are kept for ever.>>
""",
    ),
    Structure(
        name="a short one of labels",
        source="Sandy2393/Mervo, docs/TEMPLATES/incident_postmortem.md",
        text="""\
# Incident Postmortem

## Summary
- Incident ID:<<s|| INC-12>>
- Date:<<s|| 2026-11-02>>

## Timeline
- Detection:<<n|| 10:20>>
- Response:<<n|| 10:25>>

## Root Cause
- Explanation:<<x|| A full disk.>>
""",
    ),
    Structure(
        name="a timeline in a code block",
        source="WSG23/yosai_intel_dashboard_fresh, docs/runbooks/post-mortem-template.md",
        text="""\
# Post-Mortem

Use this template after an incident.

## Incident Summary
<<S|In short what happened, with begin and end.|Checkout was down from 10:04 to 11:10.>>

## Timeline
<<n|Events in order.

```
- 00:00 Incident seen
- 00:05 Somebody was called
```|```
- 10:04 The disk was full
- 11:10 It was clean
```>>

## Root Cause
<<x|What led to it.|A full disk.>>
""",
        review={"sections": {"summary": "Incident Summary"}},
    ),
    Structure(
        name="numbered headings and bullets as prompts",
        source="lifeplus1/CosmicHub, docs/06-OPERATIONS/runbooks/postmortem-template.md",
        text="""\
# Blameless Postmortem

## 1. Summary

<<s|One paragraph in plain words.|Checkout was down for an hour.>>

## 2. Impact

<<x|- User impact (scope)
- Error budget used|- Every tenth order was lost>>

## 3. Timeline

| Time (UTC) | Event | Notes |
| ---------- | ----- | ----- |
<<n||\\| 10:04 \\| The disk was full \\| \\|>>

## 5. Root Cause Analysis

<<n|Describe the chain of causes.|The disk was full.>>

## 9. Action Items (SMART)

| ID  | Description | Owner |
| --- | ----------- | ----- |
<<O||\\| 1 \\| #9 \\| Anna \\|>>
""",
    ),
    Structure(
        name="times in code marks and blank list items",
        source="parrsi01/DevOps, projects/sre-simulation-lab/templates/postmortem-template.md",
        text="""\
# Blameless Postmortem

## Incident Summary

- Incident title: <<S||Checkout down>>
- Duration: <<S||66 minutes>>
- Status: <<S|Resolved / Monitoring|Resolved>>

## Timeline (UTC)

<<n|- `HH:MM` - first symptom
- `HH:MM` - recovery|- `10:04` - first symptom
- `11:10` - recovery>>

## Where We Got Lucky

- <<x||It was night.>>
""",
        review={"sections": {"summary": "Incident Summary"}},
    ),
    Structure(
        name="sample rows and sample items as prompts",
        source="prashanth-shetty-ds/incident-response-sre, templates/blameless-postmortem.md",
        text="""\
# Blameless Postmortem

## Summary
<<s|A brief account of what happened.|Checkout was down for an hour.>>

## Timeline
| Time (IST) | Event |
|-----------|------|
<<n|\\| 10:15 \\| Alert fired \\|
\\| 10:20 \\| On-call answered \\||\\| 10:04 \\| The disk was full \\|
\\| 10:20 \\| On-call answered \\|>>

## What Went Well
- <<x|Fast detection|The rollback worked>>
""",
    ),
    Structure(
        name="questions in bold as list items",
        source="a GitHub issue template found by its text (Post mortem, GJ: Triage Exception)",
        text="""\
### Summary

- **What is wrong?**
<<s|<!-- Since when, and how far. -->|Checkout was down for an hour.>>

- **What caused it?**
<<s|<!-- What did you find? -->|A full disk.>>

- **What fixed it?**

### Steps to take

- [ ] <<O||#9>>
""",
    ),
    Structure(
        name="the SRE book's",
        source="Google, Site Reliability Engineering, appendix D (example postmortem)",
        text="""\
# Postmortem (incident #NNN)

**Date:** <<x||2026-11-02>>

**Authors:** <<x||Anna>>

**Status:** <<x||Complete, action items in progress>>

**Summary:** <<s||Checkout was down for an hour.>>

**Impact:** <<x||Every tenth order was lost.>>

**Root Causes:** <<x||A full disk.>>

**Trigger:** <<x||A night of many orders.>>

## Action Items

| Action Item | Type | Owner | Bug |
|---|---|---|---|
| <<O||#9>> | | | |

## Lessons Learned

### What went well

- <<x||The rollback worked>>

### Where we got lucky

- <<x||It was night>>

## Timeline

<<n||10:04 The disk was full

11:10 It was clean>>
""",
    ),
    Structure(
        name="Atlassian's",
        source="Atlassian, Incident Handbook, postmortem template",
        text="""\
# Incident summary

<<S|Between {time} on {day}, {number} users met {what}.|Between 10:04 and 11:10 on Monday, 4,000 users met errors.>>

# Leadup

<<x|At {time} on {day}, {change} was made.|At 09:00 on Monday, nothing was changed.>>

# Fault

<<x|{What} went wrong.|The disk was full.>>

# Timeline

<<n|- {time} - {event}|- 10:04 - The disk was full>>

# Root cause

<<x|A {fault} in {service}.|A full disk in checkout.>>

# Corrective actions

<<o|{Issue} - {who} - {when}|#9 - Anna - soon>>
""",
        review={"sections": {"summary": ["Summary", "Incident summary"]}},
    ),
    Structure(
        name="PagerDuty's",
        source="PagerDuty, incident response documentation, postmortem template",
        text="""\
# Overview

<<S|_A sentence or two on what happened, to whom, and how long._|Checkout was down for an hour.>>

# What Happened

<<n|_A short account of what happened._|The disk was full.>>

# Root Cause

<<x|_What it was, not who._|Logs are kept for ever.>>

# Resolution

<<x|_What was done._|The disk was cleaned.>>

# Impact

|  |  |
|---|---|
| Time in SEV-1 | <<x|?mins|66 mins>> |
| Time in SEV-2 | <<x|?mins|0 mins>> |

# Timeline

<<n|_Times in UTC._

\\| Time \\| Event \\|
\\|---\\|---\\|
\\| \\| \\||\\| Time \\| Event \\|
\\|---\\|---\\|
\\| 10:04 \\| The disk was full \\|>>

# Action Items

- <<O|_Each of them needs a ticket._|#9>>
""",
        review={"sections": {"summary": "Overview"}},
    ),
    Structure(
        name="bold lines as headings",
        source="statusdashboard.zendesk.com, post mortem template",
        text="""\
**Summary**

<<s|[INSERT SUMMARY]|Checkout was down for an hour.>>

**Root Cause Analysis**

<<n|1. [Why #1]
2. [Why #2]|1. The disk was full.
2. Logs are kept for ever.>>

**Corrective Actions**

| STATUS | ACTION |
| --- | --- |
| <<o|[IN PROGRESS or COMPLETE]|COMPLETE>> | <<o|[INSERT ACTION]|#9>> |
""",
    ),
    Structure(
        name="a table of events without times, labels of impact",
        source="bluebook.nightmode.dev, docs/postmortem-template",
        text="""\
# Postmortem: Title

## Summary

<<s|Say in short what happened, and to whom.|Checkout was down for an hour.>>

## Impact

- Start time: <<r Start Time||10:04>>
- End time: <<r End Time||11:10>>

## Timeline

| Time | Event |
| ---- | ----- |
| <<n||10:20>> | Detection |
| <<n||11:10>> | Recovery |

## Action items

| Action | Owner |
| ------ | ----- |
| <<O||#9>> | |
""",
    ),
    Structure(
        name="contributors and mitigators",
        source="incident.io, post-incident documentation, CMR template",
        text="""\
## Summary

<<s||Checkout was down for an hour.>>

## Timeline

<<n||10:04 the disk was full, 11:10 it was clean.>>

## Contributors

<<x||Logs are kept for ever.>>

## Mitigators

<<x||It was night.>>

## Follow-ups

<<O||#9>>
""",
    ),
    Structure(
        name="collapsed parts and a table of HTML",
        source="GitHub issue templates that fold their parts (details and summary)",
        text="""\
<details open>
<summary>Summary</summary>

<<s|<!-- In short. -->|Checkout was down for an hour.>>

</details>

<details>
<summary><b>Key Information</b></summary>

<table>
<tr><td>Customers Affected</td><td><<r Customers Affected||4,000>></td></tr>
<tr><td>Total Duration</td><td><<r Total Duration||66 minutes>></td></tr>
</table>

</details>

<details>
<summary>Timeline</summary>

<<n|- HH:MM Begin|- 10:04 Begin>>

</details>
""",
    ),
    Structure(
        name="headings of HTML",
        source="issue templates written with h2 and p",
        text="""\
<h1>Incident review</h1>

<h2>Summary</h2>

<<s|<p><em>In short.</em></p>|<p>Checkout was down for an hour.</p>>>

<h2>Timeline</h2>

<<n|<ul>
<li></li>
</ul>|<ul>
<li>10:04 the disk was full</li>
</ul>>>
""",
    ),
    Structure(
        name="exported from Google Docs",
        source="documents that Google Docs exports as Markdown (escaped numbers, anchors, bold headings)",
        text="""\
# **1\\. Summary** {#1.-summary}

<<s|*In short.*|Checkout was down for an hour.>>

# **2\\. Timeline** {#2.-timeline}

| Time | Event |
| :---- | :---- |
| <<n| |10:04>> | <<n| |The disk was full>> |

# **3\\. Outcomes** {#3.-outcomes}

* <<o||#9>>
""",
    ),
    Structure(
        name="Key Information in a table of JSON",
        source="GitLab documentation, json:table",
        text="""\
## Key Information

```json:table
{"fields": [{"key": "a", "label": "Metric"}, {"key": "b", "label": "Value"}],
 "items": [{"a": "Customers Affected", "b": "<<r Customers Affected||4,000>>"},
           {"a": "Start Time", "b": "<<r Start Time||10:04>>"}]}
```

## Summary

<<s||Checkout was down for an hour.>>
""",
    ),
    Structure(
        name="Key Information as a list of bold labels",
        source="GitLab issue templates that list what GitLab's own has as a table",
        text="""\
## :pencil: Key Information

- **Customers Affected**: <<r Customers Affected||4,000>>
- **Start Time** (UTC): <<r Start Time|HH:MM|10:04>>
- **End Time** (UTC): <<r End Time|HH:MM|11:10>>

## :memo: Summary

<<s|_In short._|Checkout was down for an hour.>>

## :clock1: Details

<<n|1. ...|The disk was full.>>
""",
    ),
    Structure(
        name="Key Information as headings with the value below",
        source="issue templates whose fields are headings (as forms make them)",
        text="""\
## Key Information

### Customers Affected

<<r Customers Affected||4,000>>

### Total Duration

<<r Total Duration|( in minutes )|66 minutes>>

## Summary

<<s||Checkout was down for an hour.>>
""",
    ),
    Structure(
        name="a turned table",
        source="issue templates with one row of values below their names",
        text="""\
## Key Information

| Customers Affected | Start Time | Total Duration |
|---|---|---|
| <<r Customers Affected||4,000>> | <<r Start Time||10:04>> | <<r Total Duration||66 minutes>> |

## Narrative

<<n|<!-- Tell it. -->|The disk was full.>>
""",
    ),
    Structure(
        name="a numbered table with other names",
        source="georgeprowse91 and others: a number, a question and an answer in each row",
        text="""\
## Key Information

| # | Question | Answer |
|---|---|---|
| 1 | Blast radius | <<r Blast radius||4,000>> |
| 2 | Began | <<r Began||10:04>> |
| 3 | Over | <<r Over||11:10>> |

## Summary

<<s|TBD|Checkout was down for an hour.>>
""",
    ),
    Structure(
        name="one list of bold labels, some with lists of their own",
        source="EllistonDow/kubemage, docs/runbooks/incident-template.md",
        text="""\
# Incident Report

- **Incident ID**: <<x||INC-12>>
- **Start Time (UTC)**: <<r Start Time||10:04>>
- **End Time (UTC)**: <<r End Time||11:10>>
- **Severity**: <<x|SEV1/SEV2/SEV3|SEV2>>
- **Summary**: <<s||Checkout was down for an hour.>>
- **Timeline**:
  <<n|- 00:00 Alert fired
  - 00:05 On-call answered|- 10:20 Alert fired
  - 10:25 On-call answered>>
- **Corrective Actions**:
  1. <<o||#9>>
- **Owner**: <<x||Anna>>
""",
    ),
    Structure(
        name="numbered labels",
        source="aniketmandloi/car-health-genius, docs/incidents/incident-template.md",
        text="""\
# Incident

## Metadata

1. Incident ID: <<x||INC-12>>
2. Start time (UTC): <<r Start Time||10:04>>
3. End time (UTC): <<r End Time||11:10>>

## Summary

1. Customer impact: <<s||Every tenth order was lost.>>
2. Scope: <<s||Checkout>>

## Timeline

<<n|1. `HH:MM` Detection
2. `HH:MM` Recovery|1. `10:20` Detection
2. `11:10` Recovery>>

## Follow-ups

1. Action item: <<O||#9>>
""",
    ),
    Structure(
        name="names without marks, with words in brackets behind them",
        source="raven-dev-ops/Executive_AI_Assistant_SaaS, POST_INCIDENT_TEMPLATE.md",
        text="""\
Post-Incident Review
====================

Keep it short.

Summary
- Title: <<s||Checkout down>>
- Impact (who was affected; any missed calls): <<s||Every tenth order was lost.>>

Timeline (UTC)
- t0 detection: <<n||10:20>>
- t1 mitigated: <<n||11:10>>

What Happened
- Symptoms: <<n||Errors at checkout>>
- Root cause (one sentence): <<n||A full disk.>>

Corrective Actions (with owners)
- [ ] <<o|Item / Owner / Day|#9 / Anna / soon>>
""",
    ),
    Structure(
        name="statements as prompts",
        source="a GitHub issue template found by its text (Blameless retrospective for production incidents)",
        text="""\
---
name: Incident Postmortem
title: "[Postmortem] <YYYY-MM-DD> <short summary>"
---

## Summary
- <<s|What happened, when, and how it was seen.|Checkout was down from 10:04 to 11:10, seen by an alert.>>

## Impact
- <<x|Affected components|Checkout>>

## Timeline
- <<n|UTC times with key events|10:04 the disk was full, 11:10 it was clean>>

## Action Items
- [ ] <<O|Owner|#9 (Anna)>>
""",
    ),
)
