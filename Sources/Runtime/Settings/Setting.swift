package import Foundation
package import Primitives

/// One of the product's settings: its name, type, default and effect.
package struct Setting<Value: Sendable>: Sendable {
  /// Its name, as in `martlet settings set NAME VALUE`.
  package let name: String
  /// The value where none is set.
  package let standard: Value
  let type: String
  let effect: String
  /// What its values are, for forms and programs.
  var shape = SettingShape.text
  /// Whether a process with the API reads it at its start, and not again.
  var isReadAtStart = false
  let read: @Sendable (String) -> Value?
  let write: @Sendable (Value) -> String
}

extension Setting where Value == Int {
  /// The maximum number of imports of one object that run at once; a further one waits (IMP-24).
  package static let parallelImportLimit = whole(
    "parallel_import_limit", 4, 1...1000,
    effect: "imports of one object that run at once; a further one waits, delayed")

  /// The number of rows above which an import runs in the background, whatever was requested
  /// (IMP-20).
  package static let backgroundImportRows = whole(
    "background_import_if_more_rows_than", 1_000, 0...1_000_000_000,
    effect: "rows above which an import is never done in the foreground; 0 no limit")

  /// Minutes between searches for segments that need a full rebuild (segments.md 10).
  package static let segmentRebuildInterval = whole(
    "segment_rebuild_interval", 15, 1...1440,
    effect: "minutes between looks for segments that need a full rebuild")

  /// The hours a segment may wait for a rebuild that it needs (SEG-78).
  package static let segmentStaleHours = whole(
    "segment_stale_hours", 30, 1...8760,
    effect: "hours that a segment's rebuild may be overdue before the segment is flagged")

  /// The seconds the rebuild of a segment may take (SEG-78).
  package static let segmentSlowSeconds = whole(
    "segment_slow_seconds", 30, 1...86_400,
    effect: "seconds that a segment's rebuild may take before the segment is flagged")

  /// The days for which the file of an export is kept (EXP-16).
  package static let exportDays = whole(
    "export_days", 7, 1...3650, effect: "days for which the file of an export is kept")

  /// The maximum number of contacts of one export (EXP-05).
  package static let exportLimit = whole(
    "export_limit", 0, 0...(1 << 50), effect: "contacts of one export at the most, 0 no limit")

  /// The maximum number of exports of one user that run at once; a further one waits.
  package static let parallelExportLimit = whole(
    "parallel_export_limit", 2, 1...1000,
    effect: "exports of one user that run at once; a further one waits")

  /// The days for which entries of the audit log are kept.
  package static let auditRetentionDays = whole(
    "audit_retention_days", 0, 0...36_500,
    effect: "days for which entries of the audit log are kept, 0 for ever")

  // The following settings are read when a process with the API starts.

  /// The maximum number of requests of a user per minute.
  package static let apiRateLimit = whole(
    "api_rate_limit", 0, 0...1_000_000,
    effect: "requests a user may make in a minute, 0 no limit", atStart: true)

  /// The maximum number of requests with one token per minute.
  package static let apiTokenRateLimit = whole(
    "api_token_rate_limit", 0, 0...1_000_000,
    effect:
      "requests with one token, or of one client for one user, in a minute, 0 no limit",
    atStart: true
  )

  /// The maximum number of submissions of forms from one address per minute.
  package static let formRateLimit = whole(
    "form_rate_limit", 120, 0...1_000_000,
    effect:
      "submissions of forms that an address may send in a minute, 0 no limit", atStart: true
  )

  /// The largest page of a list.
  package static let apiPageLimit = whole(
    "api_page_limit", 1000, 1...100_000,
    effect: "rows of a page of a list at the most", atStart: true)

  /// The largest file of an import (IMP-03).
  package static let importSizeLimit = whole(
    "import_size_limit", 10 << 30, 1...(1 << 50),
    effect: "bytes of a file at the most, as sent and unpacked", atStart: true)

  /// The hours for which the answer to an idempotency key is kept.
  package static let idempotencyHours = whole(
    "idempotency_hours", 24, 1...8760,
    effect: "hours an answer is kept for its Idempotency-Key", atStart: true)

  static func whole(
    _ name: String, _ standard: Int, _ range: ClosedRange<Int>, effect: String,
    atStart isReadAtStart: Bool = false
  ) -> Setting<Int> {
    Setting<Int>(
      name: name, standard: standard,
      type: "whole number from \(range.lowerBound) to \(range.upperBound)", effect: effect,
      shape: .whole(range), isReadAtStart: isReadAtStart,
      read: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
      write: { String($0) })
  }
}

extension Setting where Value == [IPNetwork] {
  /// The proxies whose word on a client's address counts (tracking.md 16).
  package static let trustedProxies = Setting<[IPNetwork]>(
    name: "trusted_proxies", standard: [],
    type: "empty, or addresses and networks with commas, such as 10.0.0.0/8,2001:db8::1",
    effect: "proxies whose X-Forwarded-For and Forwarded name the client's address",
    shape: .list,
    read: { IPNetwork.list($0) }, write: { $0.map(\.description).joined(separator: ",") })
}

extension Setting where Value == TimeZone {
  /// The zone of dates that name none (IMP-31).
  package static let timeZone = Setting<TimeZone>(
    name: "time_zone", standard: .gmt, type: "time zone such as Europe/Vienna",
    effect: "zone of dates and times that name none",
    read: { TimeZone(identifier: $0) },
    write: { $0 == .gmt ? "UTC" : $0.identifier })
}

extension Setting where Value == Bool {
  /// Whether visitors who are not identified are kept out of filtered segments (SEG-68).
  package static let segmentsExcludeVisitors = Setting<Bool>(
    name: "segments_exclude_visitors", standard: false, type: "true or false",
    effect: "whether contacts who are not identified are kept out of filtered segments",
    shape: .flag,
    read: { Bool($0) }, write: { String($0) })

  /// Whether one equal unique identifier makes two contacts the same (CON-60).
  package static let contactMatchesAnyIdentifier = Setting<Bool>(
    name: "contact_matches_any_identifier", standard: false, type: "true or false",
    effect: "whether one equal unique identifier makes two contacts the same; else all given ones",
    shape: .flag,
    read: { Bool($0) }, write: { String($0) })
}
