"""The resources of the Schoology client, such as ``schoology.users``. One class per resource."""
