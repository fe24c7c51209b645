/// A file's name in another file, without the `./` before it.
struct AssetReference: Equatable {
  let name: String
  /// The bytes that the name takes up.
  let range: Range<Int>
  /// Whether a script imports it as a module, and so cannot do without it.
  let isImport: Bool

  /// The references in a module: `from './x.js'`, `import './x.js'`, `import('./x.js')`, and
  /// `new URL('./x.js', import.meta.url)` for what is not a module.
  static func inScript(_ bytes: [UInt8]) -> [AssetReference] {
    var found: [AssetReference] = []
    for place in bytes.indices.dropFirst(2)
    where bytes[place] == UInt8(ascii: "/") && bytes[place - 1] == UInt8(ascii: ".") {
      let quote = bytes[place - 2]
      guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { continue }
      let end = endOfName(bytes, from: place + 1)
      guard end > place + 1, end < bytes.count, bytes[end] == quote,
        let isImport = isImport(bytes[..<(place - 2)])
      else { continue }
      found.append(AssetReference(bytes, (place + 1)..<end, isImport: isImport))
    }
    return found
  }

  /// The references in a style sheet: `url(x.woff2)`, with or without quotes and `./`.
  static func inStyle(_ bytes: [UInt8]) -> [AssetReference] {
    let opening = Array("url(".utf8)
    var found: [AssetReference] = []
    for place in bytes.indices
    where bytes[place] == opening[0] && bytes[place...].starts(with: opening) {
      var start = place + opening.count
      let quote =
        start < bytes.count && (bytes[start] == 0x22 || bytes[start] == 0x27) ? bytes[start] : nil
      if quote != nil { start += 1 }
      if bytes[start...].starts(with: [0x2E, 0x2F]) { start += 2 }
      let end = endOfName(bytes, from: start)
      // What follows a name tells addresses and data apart from it. `#x` picks a part of a picture.
      guard end > start, end < bytes.count,
        bytes[end] == quote ?? UInt8(ascii: ")") || bytes[end] == UInt8(ascii: "#")
      else { continue }
      found.append(AssetReference(bytes, start..<end, isImport: false))
    }
    return found
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>, isImport: Bool) {
    name = String(decoding: bytes[range], as: UTF8.self)
    self.range = range
    self.isImport = isImport
  }

  /// Whether what stands before a quoted address imports it, or takes it as an address; nil if neither.
  private static func isImport(_ before: ArraySlice<UInt8>) -> Bool? {
    var rest = withoutBlanks(before)
    if ends(rest, in: "from") || ends(rest, in: "import") { return true }
    guard rest.last == UInt8(ascii: "(") else { return nil }
    rest = withoutBlanks(rest.dropLast())
    if ends(rest, in: "import") { return true }
    return ends(rest, in: "URL") ? false : nil
  }

  /// Whether a text ends in a word, and not only in its letters.
  private static func ends(_ text: ArraySlice<UInt8>, in word: String) -> Bool {
    let letters = Array(word.utf8)
    guard text.suffix(letters.count).elementsEqual(letters) else { return false }
    guard let before = text.dropLast(letters.count).last else { return true }
    return !isOfName(before) && before != UInt8(ascii: "$")
  }

  private static func withoutBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while let last = text.last, last == 0x20 || (0x09...0x0D).contains(last) { text.removeLast() }
    return text
  }

  private static func endOfName(_ bytes: [UInt8], from start: Int) -> Int {
    bytes[start...].firstIndex { !isOfName($0) } ?? bytes.count
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
