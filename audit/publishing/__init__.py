"""Publishing, without GitLab: the finished report, who could read it where (`audience`), and the hidden `stamp`."""
