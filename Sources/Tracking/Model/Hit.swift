package import Foundation

/// A page hit, or an event of an app, on its way from the request to its row (tracking.md 3).
package struct Hit: Sendable, Equatable {
  /// What it becomes once it is recorded; the raw values are those of its form as text.
  package enum Kind: String, Sendable {
    /// A page hit.
    case page
    /// An event.
    case event
    /// Nothing: only its visitor is found and changed, once the database is back.
    case visit
  }

  /// What it becomes.
  package var kind = Kind.page
  /// The name of an event.
  package var event = ""
  /// The unique id, by which a hit that comes twice counts once.
  package var id: UUID
  /// The instant of the request.
  package var at: Date
  /// The contact; nil for a hit without identification, and as long as ``visit`` is not resolved.
  package var contact: Int64?
  /// The device's row.
  package var device: Int64?
  /// The device's id in cookies.
  package var trackingID: String?
  /// The address of the page, or the name of a screen.
  package var url = ""
  package var title = ""
  package var referrer = ""
  /// The language of the page.
  package var language = ""
  /// The header `Accept-Language`.
  package var browserLanguages = ""
  package var agent = ""
  /// The address of the client, as it is to be stored.
  package var address = ""
  /// What brought the visitor, such as `campaign.event` with its id.
  package var source = ""
  package var sourceID: Int64?
  /// The e-mail whose link was followed.
  package var email: Int64?
  /// The followed link of an e-mail.
  package var redirect: Int64?
  /// All parameters, or the properties of an event, as a JSON object.
  package var query = "{}"
  /// The hit before it of the same browser, which it ends.
  package var previous: UUID?
  /// The zone and the locale of the browser, for a contact that has none.
  package var timezone = ""
  package var locale = ""
  /// The landing pages of ours as which it counts: the page itself, then the one whose variant it is; empty for a page of
  /// another site.
  package var pages: [Int64] = []
  /// The request, as JSON, of a visitor who could not be looked up because the database was away.
  package var visit = ""

  package init(id: UUID, at: Date) {
    self.id = id
    self.at = at
  }
}

/// The form in which hits wait: lines of values, separated by a character that no value holds (``line(_:upTo:)``).
extension Hit {
  private static let separator = UInt8(0x1F)
  private static let version = "3"
  /// The number of values, by version: those that wait were written by other processes, perhaps before an update.
  private static let counts: [String: Int] = ["1": 20, "2": 21, "3": 24]

  /// The hit as text.
  var text: String {
    func number(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
    return [
      Self.version, id.uuidString, String(Int64((at.timeIntervalSince1970 * 1000).rounded(.down))),
      number(contact), number(device), trackingID ?? "", url, title, referrer, language,
      browserLanguages, agent, address, source, number(sourceID), number(email), query,
      previous?.uuidString ?? "", timezone, locale, visit,
      pages.map { String($0) }.joined(separator: " "), kind.rawValue, event, number(redirect),
    ].joined(separator: "\u{1F}")
  }

  /// Reads a text; nil if it is malformed.
  init?(text: some Collection<UInt8>) {
    let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard let count = Self.counts[parts[0]], parts.count == count + 1,
      let id = UUID(uuidString: parts[1]), let time = Int64(parts[2])
    else { return nil }
    self.init(id: id, at: Date(timeIntervalSince1970: Double(time) / 1000))
    contact = Int64(parts[3])
    device = Int64(parts[4])
    trackingID = parts[5].isEmpty ? nil : parts[5]
    (url, title, referrer, language) = (parts[6], parts[7], parts[8], parts[9])
    (browserLanguages, agent, address, source) = (parts[10], parts[11], parts[12], parts[13])
    sourceID = Int64(parts[14])
    email = Int64(parts[15])
    query = parts[16]
    previous = UUID(uuidString: parts[17])
    (timezone, locale, visit) = (parts[18], parts[19], parts[20])
    if parts.count > 21 { pages = parts[21].split(separator: " ").compactMap { Int64($0) } }
    guard parts.count > 24 else { return }
    guard let kind = Kind(rawValue: parts[22]) else { return nil }
    self.kind = kind
    event = parts[23]
    redirect = Int64(parts[24])
  }

  /// The part of the hits that are recorded one after the other with it.
  var part: Int {
    TrackingQueue.part(contact: contact, device: trackingID ?? id.uuidString)
  }
}
