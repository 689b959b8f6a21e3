"""Words that are markup, a formula or a template to some format, as people might type them."""

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "=1+1",
    '=HYPERLINK("http://x.invalid","y")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "[x](javascript:alert(1)) ![y](http://x.invalid/y.png)",
    "# not a heading",
    "- not a list",
    "1. not a list either",
    "| not | a | table |",
    "#panic() *strong* $x$ \\ `code` @ref <label>",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "]]></style></svg><script>alert(2)</script>",
    "&lt;b&gt; &amp; \x00\x0b\x1f end",
    "{provider} {score.__class__}",
]
