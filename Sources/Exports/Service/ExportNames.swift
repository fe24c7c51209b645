import Foundation
import Postgres

/// The names of files (EXP-13).
enum ExportNames {
  /// Returns `contacts_export_2024_03_01_09_30_00.csv`, with `_1`, `_2` … if that is taken.
  static func free(
    _ fileExtension: String, now: Date, on connection: PostgresConnection
  ) async throws -> String {
    // Two requests in the same second take their names one after the other.
    try await connection.lock(.exportNames)
    let base = "contacts_export_" + stamp(now)
    let taken = try await ExportStore.fileNames(startingWith: base, on: connection)
    var name = "\(base).\(fileExtension)"
    var number = 0
    while taken.contains(name) {
      number += 1
      name = "\(base)_\(number).\(fileExtension)"
    }
    return name
  }

  /// Returns date and time in UTC.
  private static func stamp(_ instant: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: instant)
    return [parts.month, parts.day, parts.hour, parts.minute, parts.second]
      .reduce("\(parts.year ?? 0)") { text, part in
        let part = part ?? 0
        return text + (part < 10 ? "_0\(part)" : "_\(part)")
      }
  }
}
