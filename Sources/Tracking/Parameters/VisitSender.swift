package import Foundation

/// What the sender of a message says of whom it is about, in ids of the sender's own (tracking.md 20).
package struct VisitSender: Sendable, Codable, Equatable {
  /// The id of a browser or an app before anybody is known there (`anonymousId`).
  package var anonymous: String?
  /// The id of the sender's user (`userId`).
  package var user: String?
  /// The id that is the same person's as ``user`` (`previousId`), an ``anonymous`` or a ``user`` one.
  package var previous: String?
  /// The id of a message that may come twice, where it changes the contact.
  package var message: UUID?
  /// Whether a server says so: then any field may be changed, and identified contacts are merged.
  package var isTrusted = false

  package init(anonymous: String? = nil, user: String? = nil) {
    self.anonymous = anonymous
    self.user = user
  }

  /// The ids under which its contact is found, that of the user last.
  var identities: [VisitIdentity] {
    [
      anonymous.map { VisitIdentity(kind: .anonymous, value: $0) },
      user.map { VisitIdentity(kind: .user, value: $0) },
    ].compactMap(\.self)
  }
}

/// An id of a sender's own.
struct VisitIdentity: Sendable, Hashable {
  /// The kinds of ids; the raw values are those of the table.
  enum Kind: String, Sendable {
    case anonymous, user
  }

  var kind: Kind
  var value: String

  /// The kind and the value in one text.
  var key: String { "\(kind.rawValue):\(value)" }

  init(kind: Kind, value: String) {
    self.kind = kind
    self.value = value
  }

  /// Reads a key; nil if it is none.
  init?(key: String) {
    let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
    self.init(kind: kind, value: String(parts[1]))
  }
}
