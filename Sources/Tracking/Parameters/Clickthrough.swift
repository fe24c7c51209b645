package import Foundation
import Primitives

/// What the parameter `ct` of a followed link says (tracking.md 9).
package enum Clickthrough: Sendable, Equatable {
  /// Our own reference: signed, to a send and its contact.
  case signed(hash: UUID, contact: Int64)
  /// An array of Mautic's, which nobody has signed.
  case unsigned(Unsigned)

  /// The members of an unsigned clickthrough.
  package struct Unsigned: Sendable, Equatable {
    /// The hash of the sent e-mail.
    package var stat: UUID?
    /// The e-mail of the channel, which must be that of the sent one.
    package var channelEmail: Int64?
    /// The contact, by its id alone.
    package var lead: Int64?
    /// The kind of what brought the visitor, such as `campaign.event`.
    package var source: String?
    package var sourceID: Int64?
    package var email: Int64?
  }

  /// Reads the parameter; nil if it cannot be decoded.
  ///
  /// - Parameters:
  ///   - text: The value as sent.
  ///   - signed: Opens our own references.
  package static func read(
    _ text: String, signed: (String) -> (hash: UUID, contact: Int64)?
  ) -> Clickthrough? {
    if let opened = signed(text) { return .signed(hash: opened.hash, contact: opened.contact) }
    guard let value = Base64Data.read(text), case .object = value else { return nil }
    var result = Unsigned()
    result.stat = value["stat"]?.text.flatMap(Self.hash)
    result.lead = value["lead"]?.int.map(Int64.init)
    result.email = value["email"]?.int.map(Int64.init)
    switch value["channel"] {
    case .object?: result.channelEmail = value["channel"]?["email"]?.int.map(Int64.init)
    // The old form: a name and an id.
    case .array(let pair)? where pair.count == 2 && pair[0] == .string("email"):
      result.channelEmail = pair[1].int.map(Int64.init)
    default: break
    }
    if case .array(let source)? = value["source"], source.count == 2,
      let name = source[0].text, let id = source[1].int
    {
      result.source = line(name, upTo: 100)
      result.sourceID = Int64(id)
    }
    return .unsigned(result)
  }

  /// A hash as 32 hexadecimal digits.
  private static func hash(_ text: String) -> UUID? {
    guard let bytes = Hex.decode(text), bytes.count == 16 else { return nil }
    return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }
}
