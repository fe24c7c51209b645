/// Whether a send obeys do-not-contact and frequency rules (EML-111, EML-112).
package enum SendKind: String, Sendable, Codable {
  /// Obeys do-not-contact, categories and frequency rules, and comes once.
  case marketing
  /// May come again, and is sent whatever the contact has said, but see ``SendSource/obeysDoNotContact``.
  case transactional
}

/// What caused a send.
package struct SendSource: Sendable, Equatable, Codable {
  /// `campaign.event`, `email`, `form`, `trigger`, `direct`.
  package var kind: String
  /// The number of what caused it.
  package var id: Int64?

  package init(kind: String, id: Int64? = nil) {
    self.kind = kind
    self.id = id
  }

  /// The kinds of causes whose transactional sends obey do-not-contact all the same (EML-110).
  static let obeying = ["trigger", "form"]

  /// Whether do-not-contact holds, whatever kind the send is of.
  var obeysDoNotContact: Bool { Self.obeying.contains(kind) }
}

/// One e-mail for many contacts.
package struct SendRequest: Sendable {
  /// A contact that the e-mail is for.
  package struct Recipient: Sendable {
    /// The contact's id.
    package var contact: Int64
    /// What tells this send from every other (EML-210): a second one with the same key is none.
    package var key: String
    /// Values for tokens of this send alone, as HTML, by the name without braces.
    package var tokens: [String: String]
    /// The segment that made the contact a recipient.
    var segment: Int64?

    package init(contact: Int64, key: String, tokens: [String: String] = [:]) {
      self.contact = contact
      self.key = key
      self.tokens = tokens
    }
  }

  /// The e-mail's id.
  package var email: Int64
  /// Whether it obeys what contacts have said.
  package var kind: SendKind
  /// What caused it.
  package var source: SendSource
  /// Who gets it.
  package var recipients: [Recipient]
  /// 2 normal, 1 high; there are no others.
  package let priority: Int
  /// How often a message that a frequency rule holds back is tried (EML-243).
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

/// Why a contact does not get an e-mail.
package enum MailRefusal: String, Sendable, Equatable, CaseIterable {
  /// There is no such e-mail.
  case missing
  /// The e-mail is not published (EML-102).
  case unpublished
  /// The contact has no address, or one that is none (EML-101).
  case noAddress
  /// The contact must not be written to (EML-112).
  case doNotContact
  /// The contact has unsubscribed from the e-mail's category (EML-112).
  case categoryUnsubscribed
  /// The contact has got the e-mail, or one of its family (EML-120).
  case alreadySent

  /// The reason as people read it in a history.
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
