package import Foundation
import Redis

/// An engagement of a recipient with an e-mail: an open or a click.
package struct MailEngagement: Sendable, Equatable {
  /// The kind of an engagement.
  package enum Kind: Sendable, Equatable {
    /// The pixel or the web version was fetched.
    case open(inBrowser: Bool)
    /// A link was clicked, given by its id.
    case click(link: Int64)
    /// The link that nobody sees was followed (EML-364).
    case trap
  }

  /// The unique id, assigned where the engagement was received.
  package var id: UUID
  /// The kind of the engagement.
  package var kind: Kind
  package var hash: UUID
  /// The instant of the engagement (EML-344).
  package var at: Date
  /// The client's IP address.
  package var address: String?
  /// The client's user agent.
  package var agent: String?
  /// What the request said of its visitor, for tracking, which wrote it.
  package var visit: String?

  package init(
    _ kind: Kind, hash: UUID, at: Date, address: String?, agent: String?, visit: String? = nil,
    id: UUID = UUID()
  ) {
    self.id = id
    self.kind = kind
    self.hash = hash
    self.at = at
    self.address = address
    self.visit = visit
    self.agent = agent.map { String($0.unicodeScalars.filter { $0.value >= 0x20 }.prefix(500)) }
  }

  /// Whether it is a click on a link that people see.
  var isClick: Bool { if case .click = kind { true } else { false } }

  /// The kind as text, as stored until the engagement is recorded.
  var word: String {
    switch kind {
    case .open(let inBrowser): inBrowser ? "view" : "open"
    case .click(let link): "click:\(link)"
    case .trap: "trap"
    }
  }

  /// The fields of the stream entry.
  var fields: [RedisArgument] {
    [
      "k", RedisArgument(word), "i", RedisArgument(id.uuidString), "h",
      RedisArgument(hash.uuidString), "t",
      RedisArgument(Int64((at.timeIntervalSince1970 * 1000).rounded(.down))), "a",
      RedisArgument(address ?? ""), "u", RedisArgument(agent ?? ""), "v",
      RedisArgument(visit ?? ""),
    ]
  }

  /// Reads a stream entry; nil if it is malformed.
  init?(fields: [RedisValue]) {
    var values: [String: String] = [:]
    for index in stride(from: 0, to: fields.count - 1, by: 2) {
      guard let name = fields[index].text, let bytes = fields[index + 1].bytes else { return nil }
      values[name] = String(decoding: bytes, as: UTF8.self)
    }
    guard let id = values["i"].flatMap(UUID.init(uuidString:)),
      let hash = values["h"].flatMap(UUID.init(uuidString:)),
      let time = values["t"].flatMap(Int64.init), let kind = values["k"].flatMap(Kind.init(word:))
    else { return nil }
    func some(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    self.init(
      kind, hash: hash, at: Date(timeIntervalSince1970: Double(time) / 1000),
      address: some(values["a"]), agent: some(values["u"]), visit: some(values["v"]), id: id)
  }
}

extension MailEngagement.Kind {
  /// Reads a stored kind; nil if it is unknown.
  init?(word: String) {
    switch word {
    case "open": self = .open(inBrowser: false)
    case "view": self = .open(inBrowser: true)
    case "trap": self = .trap
    default:
      guard word.hasPrefix("click:"), let link = Int64(word.dropFirst(6)) else { return nil }
      self = .click(link: link)
    }
  }
}
