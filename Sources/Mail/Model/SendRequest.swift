/// The kind of a send: whether it obeys do-not-contact and frequency rules (EML-111, EML-112).
package enum SendKind: String, Sendable, Codable {
  /// Obeys do-not-contact, categories and frequency rules, and is sent once.
  case marketing
  /// May be sent again, whatever the contact has chosen, except for ``SendSource/obeysDoNotContact``.
  case transactional
}

/// The cause of a send.
package struct SendSource: Sendable, Equatable, Codable {
  /// The kind of cause: `campaign.event`, `email`, `form`, `trigger`, `direct`.
  package var kind: String
  /// The id of the cause.
  package var id: Int64?

  package init(kind: String, id: Int64? = nil) {
    self.kind = kind
    self.id = id
  }

  /// The kinds of causes whose transactional sends obey do-not-contact all the same (EML-110).
  static let obeying = ["trigger", "form"]

  /// Whether do-not-contact applies to sends of any kind.
  var obeysDoNotContact: Bool { Self.obeying.contains(kind) }
}

/// A request to send one e-mail to many contacts.
package struct SendRequest: Sendable {
  /// A recipient of the e-mail.
  package struct Recipient: Sendable {
    /// The contact's id.
    package var contact: Int64
    /// The idempotency key (EML-210): a second send with the same key is ignored.
    package var key: String
    /// The values of tokens for this send alone, as HTML, by name without braces.
    package var tokens: [String: String]
    /// The segment through which the contact is a recipient.
    var segment: Int64?

    package init(contact: Int64, key: String, tokens: [String: String] = [:]) {
      self.contact = contact
      self.key = key
      self.tokens = tokens
    }
  }

  /// The e-mail's id.
  package var email: Int64
  /// Whether it obeys the choices of contacts.
  package var kind: SendKind
  /// The cause of the sends.
  package var source: SendSource
  /// The recipients.
  package var recipients: [Recipient]
  /// The priority: 2 for normal, 1 for high.
  package let priority: Int
  /// The number of attempts of a message that a frequency rule holds back (EML-243).
  package let maxAttempts: Int

  package init(
    email: Int64, kind: SendKind, source: SendSource, recipients: [Recipient], priority: Int = 2,
    maxAttempts: Int = 3
  ) {
    self.email = email
    self.kind = kind
    self.source = source
    self.recipients = recipients
    self.priority = priority <= 1 ? 1 : 2
    self.maxAttempts = min(max(1, maxAttempts), 1000)
  }
}

/// The reason why a contact does not receive an e-mail.
package enum MailRefusal: String, Sendable, Equatable, CaseIterable {
  /// The e-mail does not exist.
  case missing
  /// The e-mail is not published (EML-102).
  case unpublished
  /// The contact has no valid address (EML-101).
  case noAddress
  /// The contact must not be written to (EML-112).
  case doNotContact
  /// The contact has unsubscribed from the e-mail's category (EML-112).
  case categoryUnsubscribed
  /// The contact has received the e-mail or another of its family (EML-120).
  case alreadySent

  /// The reason as shown in histories.
  package var note: String {
    switch self {
    case .missing: "the e-mail does not exist"
    case .unpublished: "the e-mail is not published"
    case .noAddress: "the contact has no e-mail address"
    case .doNotContact: "the contact must not be contacted by e-mail"
    case .categoryUnsubscribed: "the contact has unsubscribed from the e-mail's category"
    case .alreadySent: "the e-mail was sent to the contact already"
    }
  }
}
