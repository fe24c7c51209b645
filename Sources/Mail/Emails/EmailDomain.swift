/// How the messages of an e-mail fare at one domain of recipients.
package struct EmailDomain: Sendable, Equatable {
  /// The part of the addresses behind the `@`, in small letters.
  package var domain: String
  /// The number of sends.
  package var sent: Int
  /// The number of sends that people opened.
  package var readByPeople: Int
  /// The number of sends with a click of a person.
  package var clickedByPeople: Int
  /// The number of sends that led to unsubscribing.
  package var unsubscribed: Int
  /// The number of bounced sends.
  package var bounced: Int
  /// The number of failed sends.
  package var failed: Int
}

/// How far an e-mail has been sent.
package struct EmailProgress: Sendable, Equatable {
  /// What happens with the messages that are not sent yet.
  package enum State: String, Sendable {
    /// There are none.
    case idle
    /// Workers hand them over.
    case sending
    /// They wait until the e-mail may be sent again (EML-134).
    case paused
  }

  /// What happens now.
  package var state: State
  /// The number of sends that are decided and not handed over.
  package var queued: Int
  /// The number of sends that a frequency rule or a pause of the contact holds back.
  package var held: Int
  /// The number of sends.
  package var sent: Int
  /// The number of failed sends.
  package var failed: Int
}
