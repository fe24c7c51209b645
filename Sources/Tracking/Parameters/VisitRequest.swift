package import Foundation
package import UserAgents

/// What a request tells of its visitor, whatever route it came by.
package struct VisitRequest: Sendable, Codable {
  /// The parameters by name, with those of the page's address (``PageParameters``).
  package var parameters: [String: String]
  /// The cookies by name.
  package var cookies: [String: String]
  /// The client's address, behind trusted proxies.
  package var address: String
  /// The header `User-Agent`.
  package var agent: String
  /// What headers beside it say of the browser; nil for nothing.
  package var hints: ClientHints?
  /// The header `Accept-Language`.
  package var languages: String
  /// Whether it comes from a logged-in user, who is never tracked.
  package var isByUser: Bool
  /// Whether nobody looks at what is answered yet: `HEAD`, or a page that is fetched in advance.
  package var isAdvance: Bool
  /// Whether the browser says that its user does not want to be tracked.
  package var hasPrivacySignal: Bool
  /// The instant.
  package var at: Date
  /// Whether it waited for the database: a device has the id of ``claim`` already, if any has.
  package var isDeferred = false
  /// The id for a device that is new.
  package var claim: String
  /// The sender's ids of whom a message is about; nil for a browser that comes itself.
  package var sender: VisitSender?

  package init(
    parameters: [String: String] = [:], cookies: [String: String] = [:], address: String,
    agent: String, hints: ClientHints? = nil, languages: String = "", isByUser: Bool = false,
    isAdvance: Bool = false, hasPrivacySignal: Bool = false, at: Date, claim: String
  ) {
    self.parameters = parameters
    self.cookies = cookies
    self.address = address
    self.agent = line(agent, upTo: 500)
    self.hints = hints?.isEmpty == false ? hints : nil
    self.languages = line(languages, upTo: 200)
    self.isByUser = isByUser
    self.isAdvance = isAdvance
    self.hasPrivacySignal = hasPrivacySignal
    self.at = at
    self.claim = claim
  }
}
