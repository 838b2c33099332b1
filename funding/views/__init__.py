"""The edge of the money room: parse, call a service or a selector, answer."""
