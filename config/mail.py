"""E-mail where none can be sent: a few lines of the log, for people who try Lodestone out."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class LogBackend(EmailBackend):
    """Writes each e-mail as one line, to whom and about what, and its text indented under it."""

    def write_message(self, message: EmailMessage) -> None:
        text = (line for line in str(message.body).splitlines() if line.strip())
        head = f"E-mail to {', '.join(message.recipients())}: {message.subject}"
        self.stream.write("\n".join([head, *(f"    {line}" for line in text)]) + "\n")
