import TestSupport
import Testing

@testable import Redis

/// Commands are encoded as RESP says: an array of bulk strings.
struct OutputBufferTests {
  private func encoded(_ commands: [RedisArgument]...) -> [UInt8] {
    var output = OutputBuffer(capacity: 16)
    for command in commands { output.append(command: command) }
    return output.withBytes { Array($0) }
  }

  @Test func commandsStandOneBehindTheOther() {
    let bytes = encoded(["SET", "k", ""], ["INCRBY", "k", -10])
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n"
        + "*3\r\n$6\r\nINCRBY\r\n$1\r\nk\r\n$3\r\n-10\r\n")
  }

  @Test(arguments: [0, 7, 9, 10, -1, 99, 100, 1_000_000_007, .max, .min] as [Int64])
  func integers(value: Int64) throws {
    let command: [RedisArgument] = ["X", RedisArgument(value)]
    #expect(try replies(in: encoded(command))[0].array?[1] == .string(Array("\(value)".utf8)))
  }

  @Test(arguments: [0, 1.5, -0.1, 1e300, 5e-324, .infinity, -.infinity])
  func numbersReadBackAsTheSame(value: Double) throws {
    let command: [RedisArgument] = ["X", RedisArgument(value)]
    #expect(try replies(in: encoded(command))[0].array?[1].double == value)
  }

  /// Encoded and parsed again, arguments stay the same, whatever the bytes, and wherever they are cut.
  @Test(arguments: SeededGenerator.seeds(50))
  func anyCommandSurvives(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var output = OutputBuffer(capacity: 1)
    var expected: [RedisValue] = []
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let arguments = (0...Int.random(in: 0...30, using: &random)).map { _ in argument(&random) }
      output.append(command: arguments)
      expected.append(.array(arguments.map { .string($0.bytes) }))
    }
    let bytes = output.withBytes { Array($0) }
    #expect(try replies(in: bytes) == expected)
    #expect(try replies(in: bytes, pieces: Int.random(in: 1...50, using: &random)) == expected)
  }

  private func argument(_ random: inout SeededGenerator) -> RedisArgument {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: RedisArgument(String(decoding: random.bytes(upTo: 20), as: UTF8.self))
    case 1: RedisArgument(Int64.random(in: .min ... .max, using: &random))
    case 2: RedisArgument(Int.random(in: -100...100, using: &random))
    case 3: RedisArgument(Double.random(in: -1e9...1e9, using: &random))
    default: RedisArgument(bytes: random.bytes(upTo: 300))
    }
  }

  @Test(arguments: SeededGenerator.seeds(20))
  func whatIsTakenAwayInPartsIsTheWhole(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var output = OutputBuffer(capacity: 1)
    var put: [UInt8] = []
    var taken: [UInt8] = []
    for _ in 0..<200 {
      if Bool.random(using: &random) {
        let command = [RedisArgument(bytes: random.bytes(upTo: 100))]
        output.append(command: command)
        put += encoded(command)
      } else {
        let count = Int.random(in: 0...output.count, using: &random)
        taken += output.withBytes { Array($0.prefix(count)) }
        output.removeFirst(count)
      }
    }
    taken += output.withBytes { Array($0) }
    #expect(taken == put)
  }
}

extension RedisArgument {
  /// The bytes that a reply must bring back.
  fileprivate var bytes: [UInt8] {
    switch storage {
    case .string(let text): Array(text.utf8)
    case .integer(let value): Array(String(value).utf8)
    case .double(let value): Array(value.description.utf8)
    case .bytes(let bytes): bytes
    }
  }
}
