"""What is wrong, where, and what to do: findings, their codes, and the formats that they are written in."""
