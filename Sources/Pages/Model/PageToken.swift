import Primitives

/// A place in a page that is filled for each visitor: `{contactfield=firstname|friend}`, `{pagelink=5}` and others, also
/// with its braces percent-encoded, as editors write them into addresses. Text that begins like a token and is none stays.
enum PageToken: Sendable, Equatable {
  /// A part of a preference centre.
  enum Slot: String, Sendable, CaseIterable {
    case segments = "segmentlist"
    case categories = "categorylist"
    case preferredChannel = "preferredchannel"
    case frequency = "channelfrequency"
    case saveButton = "saveprefsbutton"
    case successMessage = "successmessage"
  }

  /// A field of the visitor, and what its author wants instead where there is no value.
  case field(String, fallback: String, isForAddress: Bool)
  case title
  case metaDescription
  /// The address of a page.
  case page(Int64)
  /// The address of an asset.
  case asset(Int64)
  case form(Int64)
  case slot(Slot)

  /// The maximum number of bytes of a token.
  private static let longest = 1_024

  /// A token and where it stands.
  struct Place: Sendable, Equatable {
    var token: PageToken
    var range: Range<Int>
  }

  /// The number of tokens of a text.
  static func count(in text: String) -> Int { all(in: Array(text.utf8)).count }

  /// The tokens of a text, in order.
  static func all(in text: [UInt8]) -> [Place] {
    var places: [Place] = []
    var position = 0
    while position < text.count {
      guard let brace = opening(text, at: position),
        let place = token(text, from: position, brace: brace)
      else {
        position += 1
        continue
      }
      places.append(place)
      position = place.range.upperBound
    }
    return places
  }

  /// The number of bytes of an opening brace: one, or three if it is percent-encoded.
  private static func opening(_ text: [UInt8], at position: Int) -> Int? {
    if text[position] == UInt8(ascii: "{") { return 1 }
    return isEncoded(text, at: position, UInt8(ascii: "b")) ? 3 : nil
  }

  private static func isEncoded(_ text: [UInt8], at position: Int, _ letter: UInt8) -> Bool {
    position + 2 < text.count && text[position] == UInt8(ascii: "%")
      && text[position + 1] == UInt8(ascii: "7") && text[position + 2] | 0x20 == letter
  }

  private static func token(_ text: [UInt8], from start: Int, brace: Int) -> Place? {
    var end = start + brace
    let limit = min(text.count, end + longest)
    while end < limit {
      let byte = text[end]
      if brace == 1 ? byte == UInt8(ascii: "}") : isEncoded(text, at: end, UInt8(ascii: "d")) {
        break
      }
      // A token stands in one line, and has none in it.
      if byte == UInt8(ascii: "{") || byte < 0x20 || byte == UInt8(ascii: "<") { return nil }
      end += 1
    }
    guard end < limit else { return nil }
    let inner = text[(start + brace)..<end]
    let content =
      brace == 1
      ? String(decoding: inner, as: UTF8.self) : PercentCoding.decode(inner, plusIsBlank: false)
    return read(content).map { Place(token: $0, range: start..<(end + brace)) }
  }

  private static func read(_ content: String) -> PageToken? {
    let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].lowercased()
    guard parts.count == 2 else {
      switch name {
      case "pagetitle": return .title
      case "pagemetadescription": return .metaDescription
      default: return Slot(rawValue: name).map { .slot($0) }
      }
    }
    switch name {
    case "contactfield", "leadfield": return field(parts[1])
    case "pagelink": return id(parts[1]).map { .page($0) }
    case "assetlink": return id(parts[1]).map { .asset($0) }
    case "form": return id(parts[1]).map { .form($0) }
    default: return nil
    }
  }

  private static func id(_ text: Substring) -> Int64? {
    Int64(String(text).trimmingBlanks()).flatMap { $0 > 0 ? $0 : nil }
  }

  /// Reads `alias`, `alias|default` and `alias|true`, the latter for a value within an address.
  private static func field(_ argument: Substring) -> PageToken? {
    let parts = argument.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let alias = String(parts[0]).trimmingBlanks()
    guard !alias.isEmpty, alias.utf8.count <= 64 else { return nil }
    let rest = parts.count == 2 ? String(parts[1]) : ""
    return .field(alias, fallback: rest == "true" ? "" : rest, isForAddress: rest == "true")
  }
}
