import Postgres

/// The statements that update existing records: each column by the rules for rows (IMP-42…44), and
/// only if that makes a difference.
struct RecordChanges: Sendable {
  let run: ImportRun
  let layout: Layout
  /// The value slots that rows may change.
  let slots: [Int]

  init(run: ImportRun, layout: Layout) {
    self.run = run
    self.layout = layout
    slots = layout.values.indices.filter { layout.values[$0].updates }
  }

  /// The number of words of the clear mask, 62 bits each.
  var maskCount: Int { (slots.count + 61) / 62 }

  /// The staging table, one per list of types, so that it serves all imports of that shape.
  private var stage: String {
    let types = slots.map { layout.values[$0].type }.joined(separator: ",")
    let hash = Array(types.utf8).withUnsafeBytes { ByteHash.of($0) }
    return "import_stage_" + String(hash, radix: 36)
  }

  /// Creates the staging table if missing. Checked first, because `IF NOT EXISTS` emits a notice
  /// each time.
  var createStage: String {
    let masks = (0..<maskCount).map { "m\($0) bigint NOT NULL" }
    let columns = slots.enumerated().map { "k\($0) \(layout.values[$1].type)" }
    let list =
      ([
        "id bigint NOT NULL", "shared boolean NOT NULL", "touched boolean NOT NULL",
        "known boolean NOT NULL",
      ] + masks + columns)
      .joined(separator: ", ")
    return """
      DO $$ BEGIN
        IF to_regclass('pg_temp.\(stage)') IS NULL THEN
          CREATE TEMPORARY TABLE \(stage) (\(list)) ON COMMIT DELETE ROWS;
        END IF;
      END $$
      """
  }

  var copyStage: SQL { SQL(unsafeText: "COPY pg_temp.\(stage) FROM STDIN") }
  var emptyStage: SQL { SQL(unsafeText: "DELETE FROM pg_temp.\(stage)") }

  private func column(_ slot: Int) -> SQL { "\(identifier: layout.values[slot].column)" }

  /// Returns the new value of the column, if the record changes at all.
  private func value(_ place: Int, _ slot: Int, clearing: Bool) -> SQL {
    let new = SQL(unsafeText: "s.k\(place)")
    let old: SQL = "c.\(sql: column(slot))"
    if layout.values[slot].rule == .firstValue { return "COALESCE(\(sql: old), \(sql: new))" }
    guard clearing else { return "COALESCE(\(sql: new), \(sql: old))" }
    let bit = SQL(unsafeText: "s.m\(place / 62) & \(Int64(1) << Int64(place % 62)) <> 0")
    return "CASE WHEN \(sql: bit) THEN NULL ELSE COALESCE(\(sql: new), \(sql: old)) END"
  }

  func update(clearing: Bool, marksShared: Bool) -> SQL {
    var sets: [SQL] = []
    var olds: [SQL] = []
    var news: [SQL] = []
    for (place, slot) in slots.enumerated() {
      let new = value(place, slot, clearing: clearing)
      olds.append("c.\(sql: column(slot))")
      news.append(new)
      switch slot {
      case layout.dateModifiedSlot, layout.modifiedBySlot, layout.modifiedByUserSlot,
        layout.dateIdentifiedSlot:
        continue
      default: sets.append("\(sql: column(slot)) = \(sql: new)")
      }
    }
    sets.append("date_modified = \(sql: given(layout.dateModifiedSlot, or: "\(run.started)"))")
    sets.append("modified_by = \(sql: given(layout.modifiedBySlot, or: "\(run.actor.id)"))")
    sets.append(
      "modified_by_user = \(sql: given(layout.modifiedByUserSlot, or: "\(run.actor.name)"))")
    if layout.object == .contact { sets.append("date_identified = \(sql: identified)") }
    if marksShared { sets.append("identity_shared = c.identity_shared OR s.shared") }
    let shared: SQL = marksShared ? " OR s.shared AND NOT c.identity_shared" : ""
    return """
      UPDATE \(sql: SQL(unsafeText: layout.table)) c SET \(sql: sets.joined(separator: ", "))
      FROM \(sql: SQL(unsafeText: "pg_temp.\(stage)")) s
      WHERE c.id = s.id AND (
        ROW(\(sql: olds.joined(separator: ", "))) IS DISTINCT FROM
        ROW(\(sql: news.joined(separator: ", "))) OR s.touched\(sql: shared))
      """
  }

  /// Returns the row's value of an attribute, otherwise another expression.
  private func given(_ slot: Int?, or other: SQL) -> SQL {
    guard let slot, let place = slots.firstIndex(of: slot) else { return other }
    return "COALESCE(\(sql: SQL(unsafeText: "s.k\(place)")), \(sql: other))"
  }

  /// The new `date_identified`: a contact becomes known with its first identifying value (CON-02).
  private var identified: SQL {
    let now: SQL =
      "COALESCE(c.date_identified, CASE WHEN s.known THEN \(run.started) END)"
    return given(layout.dateIdentifiedSlot, or: now)
  }
}
