"""What all pages share: numbers, charts, tables, form fields, cards, jobs."""
