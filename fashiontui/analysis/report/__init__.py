"""The report: from runs to sections (facts and figures), from sections to files. Only here is matplotlib imported."""
