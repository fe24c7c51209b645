import Primitives

/// Finds in one pass over a text which expressions can match it, by the fragments that they need.
///
/// Each fragment is looked for by three of its bytes, those that the fewest other fragments share:
/// the text's bytes, three at a time, are looked up in a table, and a hit compares the fragment.
struct LiteralIndex: Sendable {
  /// Where a fragment is looked up.
  private struct Hook: Sendable {
    let fragment: UInt32
    /// Where the three bytes stand in the fragment.
    let offset: UInt32
  }

  private static let bucketBits = 16

  /// The expressions that are tried on every text, a bit for each.
  private let always: [UInt64]
  private let bucketStarts: [UInt32]
  private let hooks: [Hook]
  private let fragmentStarts: [UInt32]
  private let fragmentBytes: [UInt8]
  private let targetStarts: [UInt32]
  private let targets: [UInt32]

  /// - Parameter needs: For each expression the fragments of which a text must hold one; `nil` for
  ///   one that is always tried.
  init(_ needs: [[[UInt8]]?]) {
    var always = [UInt64](repeating: 0, count: needs.count / 64 + 1)
    var users: [[UInt8]: [UInt32]] = [:]
    for (expression, fragments) in needs.enumerated() {
      guard let fragments else {
        always[expression / 64] |= 1 << UInt64(expression % 64)
        continue
      }
      for fragment in fragments { users[fragment, default: []].append(UInt32(expression)) }
    }
    let fragments = users.keys.sorted { $0.lexicographicallyPrecedes($1) }
    var popularity = [UInt32](repeating: 0, count: 1 << Self.bucketBits)
    for fragment in fragments {
      for offset in 0...fragment.count - 3 { popularity[Self.bucket(fragment, offset)] += 1 }
    }
    var placed: [(bucket: Int, hook: Hook)] = []
    var fragmentStarts: [UInt32] = [0]
    var fragmentBytes: [UInt8] = []
    var targetStarts: [UInt32] = [0]
    var targets: [UInt32] = []
    for (number, fragment) in fragments.enumerated() {
      let buckets = (0...fragment.count - 3).map { Self.bucket(fragment, $0) }
      let offset = buckets.indices.min { popularity[buckets[$0]] < popularity[buckets[$1]] } ?? 0
      placed.append((buckets[offset], Hook(fragment: UInt32(number), offset: UInt32(offset))))
      fragmentBytes += fragment
      fragmentStarts.append(UInt32(fragmentBytes.count))
      targets += users[fragment] ?? []
      targetStarts.append(UInt32(targets.count))
    }
    placed.sort { $0.bucket < $1.bucket }
    var bucketStarts = [UInt32](repeating: 0, count: (1 << Self.bucketBits) + 1)
    for (bucket, _) in placed { bucketStarts[bucket + 1] += 1 }
    for bucket in 0..<1 << Self.bucketBits { bucketStarts[bucket + 1] += bucketStarts[bucket] }
    self.always = always
    self.bucketStarts = bucketStarts
    self.hooks = placed.map(\.hook)
    self.fragmentStarts = fragmentStarts
    self.fragmentBytes = fragmentBytes
    self.targetStarts = targetStarts
    self.targets = targets
  }

  /// Returns the expressions that can match a text, a bit for each.
  ///
  /// - Parameter text: The text in lower case.
  func candidates(_ text: [UInt8]) -> [UInt64] {
    var found = always
    guard text.count >= 3 else { return found }
    for place in 0...text.count - 3 {
      let bucket = Self.bucket(text, place)
      let (start, end) = (Int(bucketStarts[bucket]), Int(bucketStarts[bucket + 1]))
      guard start < end else { continue }
      for hook in hooks[start..<end] where holds(text, hook, at: place) {
        let fragment = Int(hook.fragment)
        for target in targets[Int(targetStarts[fragment])..<Int(targetStarts[fragment + 1])] {
          found[Int(target) / 64] |= 1 << UInt64(target % 64)
        }
      }
    }
    return found
  }

  private func holds(_ text: [UInt8], _ hook: Hook, at place: Int) -> Bool {
    let start = Int(fragmentStarts[Int(hook.fragment)])
    let count = Int(fragmentStarts[Int(hook.fragment) + 1]) - start
    let first = place - Int(hook.offset)
    guard first >= 0, first + count <= text.count else { return false }
    for index in 0..<count where text[first + index] != fragmentBytes[start + index] {
      return false
    }
    return true
  }

  private static func bucket(_ text: [UInt8], _ place: Int) -> Int {
    let key =
      UInt32(text[place]) | UInt32(text[place + 1]) << 8 | UInt32(text[place + 2]) << 16
    return Int((key &* 0x9E37_79B1) >> UInt32(32 - bucketBits))
  }
}
