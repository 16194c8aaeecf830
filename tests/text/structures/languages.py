"""Templates in other languages, whose names of sections the settings translate."""

# ruff: noqa: RUF001 - other scripts have signs of their own

from tests.text.structures.slots import Structure

LANGUAGES = (
    Structure(
        name="German, a table of fields and prompts in brackets",
        source="bauer-group/SEC-CRACompliance, docs/de/templates/incident-report.md",
        text="""\
# Bericht

### Identifikation

| Feld | Wert |
|------|------|
| **Incident-ID** | <<x|[INC-JJJJ-NNN]|INC-2026-012>> |
| **Schweregrad** | <<x|[SEV-1 / SEV-2]|SEV-2>> |

### Zusammenfassung

<<S|[Ein bis drei Sätze]|Der Shop war eine Stunde nicht erreichbar.>>

### Zeitlinie

| Datum/Uhrzeit | Ereignis | Verantwortlich |
|--------------|----------|----------------|
| <<N||10:20>> | Vorfall erkannt | |
| <<N||11:10>> | Vorfall geschlossen | |

### Ergriffene Maßnahmen

| Maßnahme | Status |
|----------|--------|
| <<O||#9>> | |
""",
        review={
            "sections": {
                "summary": "Zusammenfassung",
                "narrative": "Zeitlinie",
                "outcomes": "Ergriffene Maßnahmen",
            }
        },
    ),
    Structure(
        name="German, numbered headings and bold labels",
        source="gw-ai-security/security-foundations-portfolio, lessons_learned_template.md",
        text="""\
# Nachbereitung

## 1. Basisinformationen
- **Incident-ID:** <<x|[z. B. IR-2026-001]|IR-2026-012>>
- **Zeitraum:** <<x|[Start, Ende]|10:04 bis 11:10>>

## 2. Zusammenfassung des Vorfalls
- **Kurzbeschreibung:** <<S|[ein bis drei Sätze]|Der Shop war eine Stunde weg.>>

## 4. Ursachenanalyse
- **Ursache:** <<N|[technisch oder menschlich]|Die Platte war voll.>>
- **Weitere Ursachen:** <<N|[fehlende Kontrollen]|Kein Alarm.>>

## 5. Verbesserungsmaßnahmen
- **Kurzfristig:** <<O|[z. B. Schulung]|#9>>
""",
        review={
            "sections": {
                "summary": "Zusammenfassung des Vorfalls",
                "narrative": ["Ursachenanalyse"],
                "outcomes": "Verbesserungsmaßnahmen",
            }
        },
    ),
    Structure(
        name="French, headings with a colon and dots",
        source="cds-snc/site-reliability-engineering-public, docs/modele_de_rapport_dincident_de_produit.md",
        text="""\
# Rapport d’incident

**Équipe :** <<x||SRE>>

**Date :**<<x|| 2026-11-02>>

## Sommaire

<<S|*...*|La boutique était en panne pendant une heure.>>

## Chronologie détaillée

<<N|*Soyez précis. Quand l’avons-nous su?*|À 10 h 04, le disque était plein.>>

## Détection :

<<x|*Comment l’avons-nous su?*|Par une alerte.>>
""",
        review={"sections": {"summary": "Sommaire", "narrative": "Chronologie détaillée"}},
    ),
    Structure(
        name="Japanese, lists of labels",
        source="a postmortem template found by its text (概要, 影響, 時系列)",
        text="""\
# 障害報告

## 概要
- 障害ID/Issue: <<S|#|#1>>
- 概要（1〜3行）:<<S|| 決済が1時間止まりました。>>

## 影響（Impact）
- 影響期間: <<x|YYYY-MM-DD HH:MM 〜 HH:MM（JST）|2026-11-02 10:04 〜 11:10（JST）>>

## 時系列（Timeline）
時刻はJSTです。
<<N|- HH:MM 検知
- HH:MM 復旧|- 10:20 検知
- 11:10 復旧>>

## 再発防止（Action Items）

| 優先度 | 対応 | Issue |
|---|---|---|
| P0 | <<O||ディスクの監視>> | <<O|#|#9>> |
""",
        review={"sections": {"summary": "概要", "narrative": "時系列", "outcomes": "再発防止"}},
    ),
    Structure(
        name="Chinese, full-width colons",
        source="lpding888/ai-fashion-studio, docs/runbooks/postmortem_template.md",
        text="""\
## 复盘

### 摘要
- 发生了什么（现象）：<<S||支付中断一小时>>
- 影响范围：<<S||四千用户>>

### Root cause（根因）
- 直接原因：<<N||磁盘满了>>

### Action items（必须有）
- [ ] <<O|行动项 1|#9>>
""",
        review={"sections": {"summary": "摘要", "narrative": "Root cause", "outcomes": "Action items"}},
    ),
    Structure(
        name="Spanish, lists of labels",
        source="altrupets/monorepo, docs/runbooks/templates/postmortem.md",
        text="""\
# Análisis

- Fecha/hora (UTC): <<x||2026-11-02 10:04>>

## Resumen
- Qué pasó: <<S||La tienda no respondía.>>
- Impacto (usuarios): <<S||Cuatro mil usuarios.>>

## Análisis causal
- Causas raíz: <<N||El disco estaba lleno.>>

## Acciones correctivas/preventivas
- Cambios: <<O||#9>>
""",
        review={"sections": {"summary": "Resumen", "narrative": "Análisis causal", "outcomes": "Acciones correctivas"}},
    ),
    Structure(
        name="Spanish, emoji headings, whys with answers below",
        source="drolon-mba/mkdocs, docs/reports/templates/post-mortem-template.md",
        text="""\
# 💀 Informe

## 📝 Resumen Ejecutivo

<<S|[Un párrafo: qué pasó.]|La tienda no respondía durante una hora.>>

---

## 🕒 Cronología (Timeline)

Todas las horas en UTC

<<N|- **[HH:MM]** - Inicio.
- **[HH:MM]** - Fin.|- **10:04** - Inicio.
- **11:10** - Fin.>>

---

## 🔍 Causa Raíz (5 Porqués)

1. **¿Por qué falló?**
   <<N|[Respuesta]|El disco estaba lleno.>>
2. **¿Por qué ocurrió eso?**
   <<N|[Respuesta]|Nadie lo vigilaba.>>
""",
        review={"sections": {"summary": "Resumen Ejecutivo", "narrative": ["Cronología", "Causa Raíz"]}},
    ),
    Structure(
        name="Portuguese, names in code marks",
        source="a postmortem template found by its text (Template de Pos-Mortem)",
        text="""\
# Pos-Mortem

## 1. Resumo
- `Incidente`: <<S||INC-12>>
- `Severidade`: <<S||2>>

## 3. Linha do tempo (UTC)
<<N|1. `HH:MM` - Evento inicial.
2. `HH:MM` - Fim.|1. `10:04` - Evento inicial.
2. `11:10` - Fim.>>

## 7. O que falhou
-<<x|| O alerta>>

## 8. Acoes corretivas e preventivas
1. <<O|`Acao` - `Owner` - `Prazo`|#9>>
""",
        review={"sections": {"summary": "Resumo", "narrative": "Linha do tempo", "outcomes": "Acoes corretivas"}},
    ),
    Structure(
        name="Russian, comments and a table of events",
        source="yrippert-maker/papa-app, .github/ISSUE_TEMPLATE/post-mortem.md",
        text="""\
---
name: Post-mortem
title: 'Post-mortem: [описание]'
---

## Сводка

<<S|<!-- Кратко -->|Магазин не работал час.>>

## Хронология

| Время (UTC) | Событие |
|------------|-------|
| <<N||10:04>> | Начало |
| <<N||11:10>> | Конец |

## Уроки

<<x|<!-- Что улучшить -->|Следить за диском.>>
""",
        review={"sections": {"summary": "Сводка", "narrative": "Хронология"}},
    ),
)
