import Foundation
import Primitives

/// The end of the chain, or the place at which it begins.
struct AuditLink: Sendable, Equatable {
  /// The block's number; 0 before the first.
  var block: Int64
  /// The block's hash, in hexadecimal.
  var hash: String

  /// What the first block of a log follows.
  static let beginning = AuditLink(block: 0, hash: String(repeating: "0", count: 64))
}

/// A block of the audit log: entries, and the hash that ties them to all before.
struct AuditSeal: Sendable {
  /// The bytes of an entry's hash.
  static let hashLength = 32

  /// Its number: one more than that of the block before.
  var block: Int64
  /// The ids of its entries, ascending.
  var entries: [Int64]
  /// The hashes of the entries one after the other, ``hashLength`` bytes each.
  var hashes: [UInt8]
  /// The date of its newest entry, in whole seconds.
  var newest: Date
  /// The time of the sealing, in whole seconds.
  var sealed: Date
  /// The hash of the block before.
  var previous: String

  /// The hash: SHA-256 of a line with number, count, both times and the hash before, and of the entries' hashes. The
  /// hash of an entry covers its id.
  ///
  /// - Throws: `MissingDigest`.
  func hash() throws(MissingDigest) -> String {
    guard let digest = Digest(.sha256) else { throw MissingDigest() }
    let times = [newest, sealed].map { "\(Int64($0.timeIntervalSince1970.rounded()))" }
    let head = "martlet audit 1 \(block) \(entries.count) \(times[0]) \(times[1]) \(previous)\n"
    digest.update(Array(head.utf8))
    digest.update(hashes)
    return digest.finish()
  }
}

/// The error of a libcrypto without SHA-256.
package struct MissingDigest: Error, CustomStringConvertible {
  package let description = "libcrypto offers no SHA-256"
}

/// Seconds since 1970 without their fraction, within what PostgreSQL and a number of 64 bits can hold.
extension Date {
  var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
