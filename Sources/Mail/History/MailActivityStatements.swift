package import Postgres

/// What mail knows of a contact's life, for other modules.
package enum MailActivityStatements {
  /// Whether an e-mail was ever to be sent to `contacts AS c`.
  package static let wasWrittenTo: SQL =
    "EXISTS (SELECT FROM email_sends WHERE email_sends.contact_id = c.id)"
}
