package import Foundation
package import Primitives

/// A message of an app, a website or a server about one of its users (tracking.md 20), checked and within its bounds.
package struct Message: Sendable, Equatable {
  /// The kinds of messages; the raw values are those of the wire format.
  package enum Kind: String, Sendable, CaseIterable {
    case track, page, screen, identify, group, alias

    /// Whether it becomes a row of history; the others only change who somebody is.
    var isRecorded: Bool {
      switch self {
      case .track, .page, .screen: true
      case .identify, .group, .alias: false
      }
    }
  }

  package var kind: Kind
  /// The unique id, by which a message that comes twice counts once.
  package var id: UUID
  /// The instant at which it happened, by the server's clock.
  package var at: Date
  /// The id of a browser or an app before anybody is known there.
  package var anonymous: String?
  /// The id of the sender's user.
  package var user: String?
  /// The id that is the same person's, of an `alias`.
  package var previous: String?
  /// The id of a group, such as a company.
  package var group: String?
  /// The name of the event, the page or the screen.
  package var name = ""
  /// The properties, or the traits of an `identify` or a `group`: an object.
  package var values = JSONValue.object([:])
  package var context = Context()

  package init(_ kind: Kind, id: UUID = UUID(), at: Date) {
    self.kind = kind
    self.id = id
    self.at = at
  }

  /// Where it happened.
  package struct Context: Sendable, Equatable {
    package var url = ""
    package var title = ""
    package var referrer = ""
    /// The language and country, such as `de-AT`.
    package var locale = ""
    package var timezone = ""
    package var agent = ""
    /// The client's address, as a server tells it.
    package var address = ""
    /// The campaign's `name`, `source`, `medium`, `term` and `content`.
    package var campaign: [String: String] = [:]

    package init() {}
  }
}

/// Where messages come from.
package struct MessageSource: Sendable {
  package var key: WriteKey
  /// The address of the client that sends them.
  package var address: String
  /// Its header `User-Agent`.
  package var agent: String
  /// Its header `Accept-Language`.
  package var languages: String
  /// Whether its browser says that its user does not want to be tracked.
  package var hasPrivacySignal: Bool
  /// The instant of the request.
  package var at: Date

  package init(
    key: WriteKey, address: String, agent: String, languages: String = "",
    hasPrivacySignal: Bool = false, at: Date
  ) {
    self.key = key
    self.address = address
    self.agent = agent
    self.languages = languages
    self.hasPrivacySignal = hasPrivacySignal
    self.at = at
  }
}
