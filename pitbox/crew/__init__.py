"""Named threads, bounded queues, mailboxes and health events. Knows not what it carries."""
