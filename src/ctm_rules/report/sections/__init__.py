"""The parts of a report: each sets its own blocks on the page, and is called where the page is put together."""
