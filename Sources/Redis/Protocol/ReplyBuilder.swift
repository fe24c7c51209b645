import CHiredis

/// Puts replies together while hiredis parses them: it calls one function for every element, depth
/// first, and these make Swift values at once instead of a tree of C objects to convert later.
struct ReplyBuilder {
  private struct OpenArray {
    var elements: [RedisValue]
    let count: Int
  }

  private var open: [OpenArray] = []
  private var finished: RedisValue?

  /// A hostile length must not reserve memory before its elements have arrived.
  private static let largestReservation = 4096

  /// The value that the last call completed, once.
  mutating func take() -> RedisValue? {
    defer { finished = nil }
    return finished
  }

  mutating func add(_ value: RedisValue) {
    var value = value
    while let last = open.indices.last {
      open[last].elements.append(value)
      guard open[last].elements.count == open[last].count else { return }
      value = .array(open.removeLast().elements)
    }
    finished = value
  }

  mutating func beginArray(count: Int) {
    guard count > 0 else { return add(.array([])) }
    var elements: [RedisValue] = []
    elements.reserveCapacity(min(count, Self.largestReservation))
    open.append(OpenArray(elements: elements, count: count))
  }
}

extension ReplyBuilder {
  /// The callbacks of hiredis. A reader's private data points to its builder. The returned pointer only
  /// has to be something other than null, which would mean that memory ran out.
  static func functions() -> redisReplyObjectFunctions {
    redisReplyObjectFunctions(
      createString: { task, bytes, count in
        guard let builder = task?.pointee.builder else { return nil }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
        switch task?.pointee.type {
        case REDIS_REPLY_STATUS:
          builder.pointee.add(.status(String(decoding: buffer, as: UTF8.self)))
        case REDIS_REPLY_ERROR:
          builder.pointee.add(.error(String(decoding: buffer, as: UTF8.self)))
        default:
          builder.pointee.add(.string([UInt8](buffer)))
        }
        return UnsafeMutableRawPointer(builder)
      },
      createArray: { task, count in
        guard let builder = task?.pointee.builder else { return nil }
        builder.pointee.beginArray(count: Int(count))
        return UnsafeMutableRawPointer(builder)
      },
      createInteger: { task, value in
        guard let builder = task?.pointee.builder else { return nil }
        builder.pointee.add(.integer(value))
        return UnsafeMutableRawPointer(builder)
      },
      createNil: { task in
        guard let builder = task?.pointee.builder else { return nil }
        builder.pointee.add(.null)
        return UnsafeMutableRawPointer(builder)
      },
      freeObject: { _ in })
  }
}

extension redisReadTask {
  fileprivate var builder: UnsafeMutablePointer<ReplyBuilder>? {
    privdata?.assumingMemoryBound(to: ReplyBuilder.self)
  }
}
