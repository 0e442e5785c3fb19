"""The dashboard's HTML. It is built as trees of elements, so every text and attribute is escaped by construction."""
