package import Fields
package import Foundation
import Postgres

/// Turns the filters of segments into SQL, for one instant.
///
/// ```swift
/// let compiler = SegmentCompiler(
///   registry: registry, fields: fields, timeZone: zone, now: now, segments: all)
/// let compiled = try compiler.compile(filters, references: .stored)
/// try await pool.query("SELECT c.id FROM contacts AS c WHERE \(sql: compiled.condition)")
/// ```
///
/// Every relative date refers to the given instant (segments.md 1, "evaluation time"). Values of
/// filters never become part of the statement's text.
package struct SegmentCompiler: Sendable {
  let resolver: FieldResolver
  let segments: [Int64: SegmentFilters]
  let graph: ReferenceGraph
  private let local: LocalCalendar
  private let utc: LocalCalendar

  /// Creates a compiler.
  ///
  /// - Parameters:
  ///   - registry: The special filter fields.
  ///   - fields: The fields of contacts and companies.
  ///   - timeZone: The default zone, in which days begin for fields of days (SEG-41).
  ///   - now: The instant of evaluation.
  ///   - segments: The filters of all segments by id, for references.
  package init(
    registry: FilterRegistry, fields: FieldSet, timeZone: TimeZone, now: Date,
    segments: [Int64: SegmentFilters]
  ) {
    resolver = FieldResolver(registry: registry, fields: fields)
    self.segments = segments
    graph = ReferenceGraph(segments)
    local = LocalCalendar(zone: timeZone, now: now)
    utc = LocalCalendar(zone: .gmt, now: now)
  }

  /// Compiles filters.
  ///
  /// - Parameters:
  ///   - filters: The filters; if empty, no contact matches.
  ///   - references: The source of the members of referenced segments.
  ///   - segment: The segment whose filters they are, if it is saved already.
  ///   - range: The ids of the contacts of interest, if a range: rows related to other contacts are not
  ///     even read then. The condition is undefined for contacts outside of it.
  /// - Throws: ``CompileError``; the segment's members then stay as they are (SEG-85, SEG-86).
  package func compile(
    _ filters: SegmentFilters, references: ReferenceMode, of segment: Int64? = nil,
    within range: ClosedRange<Int64>? = nil
  ) throws(CompileError) -> CompiledSegment {
    if references == .inlined,
      let circle = graph.circle(from: segment, naming: filters.references)
    {
      throw .circular(circle)
    }
    var compilation = Compilation(compiler: self, mode: references, range: range)
    let condition = try compilation.condition(filters)
    return CompiledSegment(
      condition: condition, reads: compilation.reads, nextChange: compilation.change.date,
      references: filters.references)
  }

  /// Returns the filters in their groups with fields resolved and values read.
  func typed(
    _ filters: SegmentFilters, change: inout NextChange
  ) throws(CompileError) -> [[TypedFilter]] {
    let interpreter = FilterInterpreter(isStrict: false, local: local, utc: utc)
    var groups: [[TypedFilter]] = []
    for group in filters.groups {
      var typed: [TypedFilter] = []
      for (index, filter) in group {
        guard let subject = resolver.subject(filter) else { throw .missingField(filter.field) }
        do {
          let test = try interpreter.test(filter, at: index, subject, change: &change)
          typed.append(TypedFilter(subject: subject, test: test))
        } catch {
          throw .invalid(error)
        }
      }
      groups.append(typed)
    }
    return groups
  }

  /// The beginning, in UTC, of the day a number of days before today.
  func day(before days: Int) -> Date { utc.start(of: utc.today - days) }

  /// The instant at which the next day begins in UTC.
  var nextDay: Date? { utc.next(.daily) }

  /// The interpreter for filters that are to be saved.
  var strict: FilterInterpreter { FilterInterpreter(isStrict: true, local: local, utc: utc) }
}
