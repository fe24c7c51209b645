package import Contacts

extension ChangeTopic {
  /// Page hits of the contact.
  package static let hits = ChangeTopic(rawValue: "hits")
  /// Events of apps and servers.
  package static let events = ChangeTopic(rawValue: "events")
}
