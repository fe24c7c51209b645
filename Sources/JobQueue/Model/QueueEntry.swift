import Redis

/// One queued job as Redis carries it: a header line and the parameters' JSON.
///
/// The bytes are the same in the stream, in a group, among scheduled and among dead jobs, so a script moves a job
/// without understanding it. The header holds, separated by spaces: attempt, crashes, group (`key,limit,weight` or
/// `-`), unique key or `-`, id, name, version, maximum attempts, timeout in ms (0 for none), flags (`d` durable, `r`
/// pushed again by a repair, `-`). Scripts read only the first five and rewrite only the first two.
struct QueueEntry: Sendable, Equatable {
  var attempt = 0
  var crashes = 0
  var group: Group?
  var uniqueKey: String?
  var id: JobID
  var name: String
  var version: Int
  var maxAttempts: Int
  var timeoutMilliseconds: Int
  var isDurable: Bool
  /// Whether a repair pushed the job again: it may have been done meanwhile, so its row is checked before it runs.
  var isRepaired = false
  var payload: [UInt8]

  struct Group: Sendable, Equatable {
    var key: String
    var limit: Int?
    var weight: Double

    var token: String {
      let share = weight == 1 ? "" : "\(weight)"
      return "\(HeaderText.escape(key)),\(limit.map(String.init) ?? ""),\(share)"
    }
  }

  func encoded() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(payload.count + 96)
    func field(_ text: String) {
      out.append(contentsOf: text.utf8)
      out.append(UInt8(ascii: " "))
    }
    func field(_ number: Int) {
      if 0..<10 ~= number {
        out.append(UInt8(ascii: "0") + UInt8(number))
        out.append(UInt8(ascii: " "))
      } else {
        field(String(number))
      }
    }
    field(attempt)
    field(crashes)
    field(group?.token ?? "-")
    field(uniqueKey.map(HeaderText.escape) ?? "-")
    id.appendText(to: &out)
    out.append(UInt8(ascii: " "))
    field(HeaderText.escape(name))
    field(version)
    field(maxAttempts)
    field(timeoutMilliseconds)
    if isDurable { out.append(UInt8(ascii: "d")) }
    if isRepaired { out.append(UInt8(ascii: "r")) }
    if !isDurable && !isRepaired { out.append(UInt8(ascii: "-")) }
    out.append(UInt8(ascii: "\n"))
    out.append(contentsOf: payload)
    return out
  }
}

extension QueueEntry {
  init(parsing bytes: [UInt8]) throws(JobError) {
    var position = 0
    func field() throws(JobError) -> ArraySlice<UInt8> {
      let start = position
      while position < bytes.count {
        let byte = bytes[position]
        if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
          defer { position += 1 }
          return bytes[start..<position]
        }
        position += 1
      }
      throw .malformed("header ends early")
    }
    func number() throws(JobError) -> Int {
      var value = 0
      let digits = try field()
      guard !digits.isEmpty, digits.count < 18 else { throw .malformed("not a number") }
      for byte in digits {
        guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
          throw .malformed("not a number")
        }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    func text() throws(JobError) -> String? {
      let slice = try field()
      if slice.count == 1, slice.first == UInt8(ascii: "-") { return nil }
      return HeaderText.unescape(slice)
    }
    attempt = try number()
    crashes = try number()
    group = try Group(token: field())
    uniqueKey = try text()
    guard let id = JobID(bytes: try field()) else { throw .malformed("not an id") }
    self.id = id
    guard let name = try text(), !name.isEmpty else { throw .malformed("no name") }
    self.name = name
    version = try number()
    maxAttempts = try number()
    timeoutMilliseconds = try number()
    let flags = try field()
    guard position > 0, bytes[position - 1] == UInt8(ascii: "\n") else {
      throw .malformed("header too long")
    }
    isDurable = flags.contains(UInt8(ascii: "d"))
    isRepaired = flags.contains(UInt8(ascii: "r"))
    payload = Array(bytes[position...])
  }
}

extension QueueEntry.Group {
  /// Reads `key,limit,weight`; nil for `-`.
  init?(token: ArraySlice<UInt8>) throws(JobError) {
    if token.count == 1, token.first == UInt8(ascii: "-") { return nil }
    let parts = token.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty else { throw .malformed("lane") }
    key = HeaderText.unescape(parts[0])
    limit = Int(String(decoding: parts[1], as: UTF8.self))
    weight = Double(String(decoding: parts[2], as: UTF8.self)) ?? 1
  }
}

/// Text inside a header: bytes that would end a field are written as `%` and two hexadecimal digits.
enum HeaderText {
  static func escape(_ text: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool {
      byte > 0x20 && byte != UInt8(ascii: "%") && byte != UInt8(ascii: ",") && byte != 0x7F
    }
    if text != "-", text.utf8.allSatisfy(isPlain) { return text }
    var out: [UInt8] = []
    for byte in text.utf8 {
      if isPlain(byte), text != "-" {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "%"))
        let digits = Array("0123456789ABCDEF".utf8)
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
    var out: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
