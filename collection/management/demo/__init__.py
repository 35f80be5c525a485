"""The demonstration register: a seeded story over real places, told by the product's own actions."""
