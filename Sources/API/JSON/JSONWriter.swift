/// Writes JSON straight into bytes; commas are added automatically.
///
/// A page of a thousand contacts holds some sixty thousand members: writing them without a tree of
/// values in between is what makes listing fast.
struct JSONWriter {
  /// The bytes written so far.
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

  /// Makes room for a number of bytes in all, so that they are not copied as they grow.
  mutating func reserve(_ capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Takes out the bytes written so far; writing goes on where it is.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes the name of a member; its value must follow.
  mutating func key(_ name: String) {
    separate()
    JSONText.appendQuoted(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes bytes that are already one whole JSON value.
  mutating func raw(_ value: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: value)
  }

  /// Writes bytes that are whole members of the current object (`"a":1,"b":2`), rendered before.
  mutating func members(_ rendered: some Collection<UInt8>) {
    guard !rendered.isEmpty else { return }
    separate()
    bytes.append(contentsOf: rendered)
  }

  /// Continues what `raw` or `members` began.
  mutating func continued(_ rendered: some Collection<UInt8>) {
    bytes.append(contentsOf: rendered)
  }

  mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  mutating func value(_ bool: Bool) {
    separate()
    bytes.append(contentsOf: (bool ? "true" : "false").utf8)
  }

  mutating func value(_ number: Int) {
    separate()
    JSONText.append(number, to: &bytes)
  }

  mutating func value(_ number: Double) {
    separate()
    JSONText.append(number, to: &bytes)
  }

  mutating func value(_ text: String) {
    separate()
    JSONText.appendQuoted(text, to: &bytes)
  }

  mutating func value(_ json: JSONValue) {
    switch json {
    case .null: null()
    case .bool(let bool): value(bool)
    case .int(let number): value(number)
    case .double(let number): value(number)
    case .string(let text): value(text)
    case .array(let items):
      beginArray()
      for item in items { value(item) }
      endArray()
    case .object(let object):
      beginObject()
      for member in object.members {
        key(member.key)
        value(member.value)
      }
      endObject()
    }
  }
}

extension JSONValue {
  /// The value as JSON text in UTF-8.
  package var rendered: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }
}
