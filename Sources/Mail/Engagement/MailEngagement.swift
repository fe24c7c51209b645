package import Foundation
import Redis

/// Something that a recipient did: opened a message, or followed a link.
package struct MailEngagement: Sendable, Equatable {
  /// What it was.
  package enum Kind: Sendable, Equatable {
    /// The pixel was fetched, or the web version.
    case open(inBrowser: Bool)
    /// A link was followed, by its number.
    case click(link: Int64)
  }

  /// Given by whoever saw it; tells it from every other.
  package var id: UUID
  /// What it was.
  package var kind: Kind
  package var hash: UUID
  /// When (EML-344).
  package var at: Date
  /// From where.
  package var address: String?
  /// By what program.
  package var agent: String?

  package init(
    _ kind: Kind, hash: UUID, at: Date, address: String?, agent: String?, id: UUID = UUID()
  ) {
    self.id = id
    self.kind = kind
    self.hash = hash
    self.at = at
    self.address = address
    self.agent = agent.map { String($0.unicodeScalars.filter { $0.value >= 0x20 }.prefix(500)) }
  }

  /// What it was, as it is kept until it is written down.
  var word: String {
    switch kind {
    case .open(let inBrowser): inBrowser ? "view" : "open"
    case .click(let link): "click:\(link)"
    }
  }

  /// The fields of an entry of the stream.
  var fields: [RedisArgument] {
    [
      "k", RedisArgument(word), "i", RedisArgument(id.uuidString), "h",
      RedisArgument(hash.uuidString), "t",
      RedisArgument(Int64((at.timeIntervalSince1970 * 1000).rounded(.down))), "a",
      RedisArgument(address ?? ""), "u", RedisArgument(agent ?? ""),
    ]
  }

  /// Reads an entry; nil for one that is none.
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
      address: some(values["a"]), agent: some(values["u"]), id: id)
  }
}

extension MailEngagement.Kind {
  /// Reads what was kept; nil for what is none.
  init?(word: String) {
    switch word {
    case "open": self = .open(inBrowser: false)
    case "view": self = .open(inBrowser: true)
    default:
      guard word.hasPrefix("click:"), let link = Int64(word.dropFirst(6)) else { return nil }
      self = .click(link: link)
    }
  }
}
