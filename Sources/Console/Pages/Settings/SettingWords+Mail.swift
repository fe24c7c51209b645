extension SettingWords {
  /// What settings of e-mail are called.
  static let mail: [String: Words] = [
    "mailer_from_name": (
      "Name of the sender",
      "Where an e-mail names none."
    ),
    "mailer_from_email": (
      "Address of the sender",
      "Where an e-mail names none."
    ),
    "mailer_is_owner": (
      "The owner of a contact is the sender",
      "Contacts without an owner get e-mails from the address above."
    ),
    "mailer_reply_to_email": (
      "Address for answers",
      "Empty: answers go to the sender."
    ),
    "mailer_return_path": (
      "Address for bounces",
      "Each message adds its own mark to it. Empty: bounces go to the sender."
    ),
    "mailer_unsubscribe_mailbox": (
      "Mailbox for unsubscribing",
      "Mail programs offer it beside the link."
    ),
    "mailer_bounce_mailbox": (
      "Mailbox with bounces",
      "maildir:PATH or mbox:PATH, where the workers run."
    ),
    "mailer_verified_domains": (
      "Domains of senders",
      "One a line; other domains may not be sent from. Empty: any."
    ),
    "default_signature_text": (
      "Signature",
      "Stands for {signature} where the owner of a contact has none."
    ),
    "webview_text": (
      "Text of {webview_text}",
      "The link to the e-mail in a browser; |URL| is its address."
    ),
    "mailer_append_tracking_pixel": (
      "Count opens",
      "Adds a small picture that tells when an e-mail is opened."
    ),
    "mailer_track_links": (
      "Count clicks",
      "Leads links through this installation."
    ),
    "untracked_links": (
      "Links that are not counted",
      "Beginnings of addresses, one a line."
    ),
    "date_format_dateonly": (
      "Form of dates",
      "In the letters of PHP, such as F j, Y."
    ),
    "date_format_timeonly": (
      "Form of times",
      "In the letters of PHP, such as g:i a."
    ),
    "email_frequency_number": (
      "Most marketing e-mails to a contact",
      "In each of the time spans below; 0 for no rule."
    ),
    "email_frequency_time": (
      "Time span of this limit",
      ""
    ),
    "mail_rate_limit": (
      "Messages a second",
      "Over all workers; 0 for no limit."
    ),
    "mail_hour_limit": (
      "Messages an hour",
      "Over all workers; 0 for no limit."
    ),
    "mail_day_limit": (
      "Messages a day",
      "Over all workers; 0 for no limit."
    ),
    "mail_connection_limit": (
      "Connections to the mail server",
      "Over all workers."
    ),
    "mail_messages_per_connection": (
      "Messages on one connection",
      "Then a new one is opened."
    ),
    "mail_size_limit": (
      "Largest message, in bytes",
      "A larger one is not sent."
    ),
    "unsubscribe_text": (
      "Text of {unsubscribe_text}",
      "The link in e-mails; |URL| is its address."
    ),
    "unsubscribe_message": (
      "Page after unsubscribing",
      "|EMAIL| is the address, |URL| leads back."
    ),
    "resubscribe_message": (
      "Page after subscribing again",
      "|EMAIL| is the address, |URL| leads to unsubscribing."
    ),
    "unsubscribe_needs_button": (
      "Ask before unsubscribing",
      "The link leads to a button, so that a scanner that follows it unsubscribes nobody."
    ),
    "show_contact_preferences": (
      "Preference centre",
      "Unsubscribe links lead to a page of choices."
    ),
    "show_contact_frequency": (
      "Offer how often to be written to",
      "On the preference centre."
    ),
    "show_contact_pause_dates": (
      "Offer a pause",
      "On the preference centre."
    ),
    "show_contact_preferred_channels": (
      "Offer the preferred channel",
      "On the preference centre."
    ),
    "show_contact_categories": (
      "Offer categories",
      "On the preference centre."
    ),
    "show_contact_segments": (
      "Offer segments",
      "On the preference centre."
    ),
    "mail_prefetch_agents": (
      "Programs that fetch pictures in advance",
      "Words of their user agents, one a line; = before a word: the whole agent."
    ),
    "mail_prefetch_networks": (
      "Networks of these programs",
      "One a line."
    ),
    "mail_scanner_agents": (
      "Programs that check links",
      "Words of their user agents, one a line."
    ),
    "mail_scanner_networks": (
      "Networks of programs that check links",
      "One a line."
    ),
    "mail_scanner_delivery_seconds": (
      "Seconds in which a click is a sign of a machine",
      "After an e-mail was handed over."
    ),
    "mail_scanner_window_seconds": (
      "Seconds that clicks wait for each other",
      "A machine clicks all links at once."
    ),
    "mail_hidden_link": (
      "Hidden link in e-mails",
      "Nobody sees it; who follows it is a machine."
    ),
  ]
}
