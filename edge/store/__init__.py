"""The authoritative configuration in SQL: documents, their history and the journal, written in one transaction."""
