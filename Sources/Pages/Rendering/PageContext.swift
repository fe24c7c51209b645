import Mail
import Primitives

/// Where a value stands in a page, which decides how it is written: nothing that a contact has said may become markup or
/// code.
enum PageContext: Sendable, Equatable {
  /// Between tags.
  case text
  /// In the value of an attribute, with quotes or without.
  case attribute
  /// At the beginning of an address.
  case link
  /// At the beginning of the address of what is run or decides on other addresses, where only addresses of ours have a
  /// place.
  case source
  /// Further on in an address.
  case linkPart
  /// In a script, or in an attribute that is one.
  case code
  /// In styles, comments, names of attributes, and wherever else nothing but words can be meant.
  case words

  /// Writes a value.
  ///
  /// - Parameters:
  ///   - value: Any text.
  ///   - output: What is written so far.
  func write(_ value: some StringProtocol, to output: inout [UInt8]) {
    switch self {
    case .text: output.append(contentsOf: HTMLEscaping.text(value).utf8)
    case .attribute: HTMLEscaping.attribute(value, to: &output)
    case .link:
      let address = String(value).trimmingBlanks()
      HTMLEscaping.attribute(WebLink.isHarmless(address) ? address : "#", to: &output)
    case .linkPart:
      let encoded = PercentCoding.encode(value.utf8, keeping: PercentCoding.unreserved)
      output.append(contentsOf: encoded.utf8)
    case .code: HTMLEscaping.code(value, to: &output)
    case .source, .words: output.append(contentsOf: value.utf8.filter(HTMLEscaping.isWord))
    }
  }
}

/// The ways in which values are written.
enum HTMLEscaping {
  /// A value between tags.
  static func text(_ value: some StringProtocol) -> String {
    var output: [UInt8] = []
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: "'"), UInt8(ascii: "`"):
        entity(byte, to: &output)
      case 0: break
      default: output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// A value in an attribute: without quotes a blank would end it.
  static func attribute(_ value: some StringProtocol, to output: inout [UInt8]) {
    for byte in value.utf8 where byte != 0 {
      if isLetterOrDigit(byte) || byte >= 0x80 || isPlainMark(byte) {
        output.append(byte)
      } else {
        entity(byte, to: &output)
      }
    }
  }

  /// A value in a text of a script: as `\u0027` where it is no letter and no digit, whatever quotes are around it.
  static func code(_ value: some StringProtocol, to output: inout [UInt8]) {
    for unit in value.utf16 {
      if let byte = UInt8(exactly: unit), isLetterOrDigit(byte) {
        output.append(byte)
      } else {
        output.append(contentsOf: "\\u".utf8)
        Hex.append(UInt8(truncatingIfNeeded: unit >> 8), to: &output)
        Hex.append(UInt8(truncatingIfNeeded: unit), to: &output)
      }
    }
  }

  static func isWord(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte >= 0x80 || byte == 0x20 || byte == UInt8(ascii: "_")
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte > 0x40
  }

  /// What means nothing in an attribute, so that addresses stay readable.
  private static func isPlainMark(_ byte: UInt8) -> Bool {
    "-._~:/?#@!*+,;%".utf8.contains(byte)
  }

  private static func entity(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(contentsOf: "&#\(byte);".utf8)
  }
}

/// The contexts of the places of a page.
struct PageContexts {
  private let text: [UInt8]
  private let tags: [HTMLTag]
  /// The beginning of a tag that never ends: there a browser cuts the page off.
  private let end: Int

  init(_ text: [UInt8], _ tags: [HTMLTag]) {
    self.text = text
    self.tags = tags
    let last = tags.last?.range.upperBound ?? 0
    end = text[last...].indices.first { Self.begins(text, at: $0) } ?? text.count
  }

  private static let addresses: Set<String> = [
    "href", "src", "action", "formaction", "poster", "data", "cite", "background", "xlink:href",
    "longdesc", "manifest", "codebase", "ping", "srcset", "usemap", "icon",
  ]

  /// Elements that run what they load, or decide on the addresses of others.
  private static let sources: Set<String> = ["script", "link", "base", "object", "embed"]

  /// The context of the token at a position.
  func context(at position: Int) -> PageContext {
    guard let place = lastTag(before: position) else { return position > end ? .words : .text }
    let tag = tags[place]
    if position < tag.range.upperBound { return context(at: position, in: tag) }
    if !tag.isClosing {
      if tag.name == "script" { return .code }
      if tag.name == "style" { return .words }
    }
    return position > end ? .words : .text
  }

  private func context(at position: Int, in tag: HTMLTag) -> PageContext {
    guard let attribute = tag.attributes.first(where: { $0.value.contains(position) }) else {
      return .words
    }
    let name = attribute.name
    if name.hasPrefix("on") { return .code }
    if name == "style" || name == "srcdoc" { return .words }
    guard Self.addresses.contains(name) else { return .attribute }
    let before = String(decoding: text[attribute.value.lowerBound..<position], as: UTF8.self)
      .trimmingBlanks()
    if before.isEmpty { return Self.sources.contains(tag.name) ? .source : .link }
    // The author's own code, in which a value is a text.
    return WebLink.isHarmless(before) ? .linkPart : .code
  }

  /// The last tag that begins before a position.
  private func lastTag(before position: Int) -> Int? {
    var (low, high) = (0, tags.count)
    while low < high {
      let middle = (low + high) / 2
      if tags[middle].range.lowerBound < position { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  private static func begins(_ text: [UInt8], at index: Int) -> Bool {
    guard text[index] == UInt8(ascii: "<"), index + 1 < text.count else { return false }
    let next = text[index + 1]
    return (0x61...0x7A).contains(next | 0x20) || next == 0x2F || next == 0x21 || next == 0x3F
  }
}
