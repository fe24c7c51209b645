/// Bytes on their way to the server. Commands are encoded straight into it.
///
/// `@unchecked Sendable`: it is not copyable and owns its memory alone, so only its holder can
/// touch that memory.
struct OutputBuffer: ~Copyable, @unchecked Sendable {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private var start = 0
  private var end = 0

  /// The capacity in bytes beyond which memory is freed when the buffer runs empty.
  private static let keptCapacity = 1 << 20

  init(capacity: Int = 4096) {
    self.capacity = capacity
    memory = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }

  /// Calls `body` with the bytes that have not been removed yet.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    body(UnsafeRawBufferPointer(start: memory + start, count: end - start))
  }

  /// Removes bytes from the front, after they were written.
  mutating func removeFirst(_ count: Int) {
    start += count
    if start == end { removeAll() }
  }

  mutating func removeAll() {
    (start, end) = (0, 0)
    if capacity > Self.keptCapacity { reallocate(Self.keptCapacity) }
  }

  mutating func append(_ other: borrowing OutputBuffer) {
    other.withBytes { append($0) }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    (memory + end).copyMemory(from: source, byteCount: bytes.count)
    end += bytes.count
  }

  /// Reserves memory for `count` more bytes.
  mutating func reserve(_ count: Int) {
    if end + count > capacity { reallocate(max(self.count + count, self.count * 2)) }
  }

  private mutating func reallocate(_ newCapacity: Int) {
    let new = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    new.copyMemory(from: memory + start, byteCount: count)
    memory.deallocate()
    (memory, capacity, start, end) = (new, newCapacity, 0, count)
  }
}

// RESP: `*<arguments>\r\n`, then for each argument `$<length>\r\n<bytes>\r\n`.
extension OutputBuffer {
  /// Encodes a command. The memory it needs is bounded first, so that the bytes are written once.
  mutating func append(command: [RedisArgument]) {
    var bound = Self.longestHeader
    for argument in command { bound += argument.sizeBound + Self.longestHeader + 2 }
    reserve(bound)
    putHeader(UInt8(ascii: "*"), command.count)
    for argument in command { put(argument) }
  }

  /// `$`, a 64-bit number of at most 20 characters, and the line end.
  private static let longestHeader = 24

  private mutating func put(_ argument: RedisArgument) {
    switch argument.storage {
    case .string(let text):
      let copied: Void? = text.utf8.withContiguousStorageIfAvailable { putBulk(.init($0)) }
      if copied == nil { Array(text.utf8).withUnsafeBytes { putBulk($0) } }
    case .bytes(let bytes):
      bytes.withUnsafeBytes { putBulk($0) }
    case .integer(let value):
      putHeader(UInt8(ascii: "$"), value.decimalLength)
      putDecimal(value)
      putLineEnd()
    case .double(let value):
      Array(value.description.utf8).withUnsafeBytes { putBulk($0) }
    }
  }

  private mutating func putBulk(_ bytes: UnsafeRawBufferPointer) {
    putHeader(UInt8(ascii: "$"), bytes.count)
    if let source = bytes.baseAddress {
      (memory + end).copyMemory(from: source, byteCount: bytes.count)
      end += bytes.count
    }
    putLineEnd()
  }

  private mutating func putHeader(_ kind: UInt8, _ count: Int) {
    memory.storeBytes(of: kind, toByteOffset: end, as: UInt8.self)
    end += 1
    putDecimal(Int64(count))
    putLineEnd()
  }

  private mutating func putDecimal(_ value: Int64) {
    let length = value.decimalLength
    if value < 0 { memory.storeBytes(of: UInt8(ascii: "-"), toByteOffset: end, as: UInt8.self) }
    var rest = value.magnitude
    var offset = end + length
    repeat {
      offset -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      memory.storeBytes(
        of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit), toByteOffset: offset,
        as: UInt8.self)
      rest = quotient
    } while rest != 0
    end += length
  }

  private mutating func putLineEnd() {
    memory.storeBytes(of: UInt8(ascii: "\r"), toByteOffset: end, as: UInt8.self)
    memory.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: end + 1, as: UInt8.self)
    end += 2
  }
}

extension Int64 {
  /// The number of decimal characters, the sign included.
  var decimalLength: Int {
    var length = self < 0 ? 2 : 1
    var rest = magnitude
    while rest >= 10 {
      length += 1
      rest /= 10
    }
    return length
  }
}

extension RedisArgument {
  /// At least as many bytes as the argument has.
  fileprivate var sizeBound: Int {
    switch storage {
    case .string(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .integer: 20
    case .double: 32
    }
  }
}
