package import Foundation
import Postgres

/// The reason why a segment holds a contact, or does not.
package struct SegmentExplanation: Sendable, Equatable {
  /// One filter and whether the contact satisfies it.
  package struct Filter: Sendable, Equatable {
    /// The index in the segment's list.
    package var index: Int
    /// Nil where the filter cannot be evaluated.
    package var matches: Bool?
    /// The reason why it cannot be evaluated (SEG-86).
    package var error: String?
  }

  /// The filters in their groups, one of which must hold (SEG-10).
  package var groups: [[Filter]]
  /// Whether the contact is left out as a visitor (SEG-68).
  package var isExcludedVisitor: Bool
  /// The membership as it is stored; nil if there is none.
  package var membership: Membership?

  /// A stored membership (segments.md 2.2).
  package struct Membership: Sendable, Equatable {
    package var dateAdded: Date
    package var isPinned: Bool
    package var isBarred: Bool
  }

  /// Whether the contact satisfies the filters now: all of one group. What cannot be evaluated does not hold.
  package var matches: Bool {
    !isExcludedVisitor && groups.contains { $0.allSatisfy { $0.matches == true } }
  }
}

extension SegmentEditor {
  /// Evaluates each filter of a segment for one contact, without any write.
  ///
  /// - Returns: Nil if the segment or the contact does not exist.
  /// - Throws: `SegmentError.forbidden`, `.tooSlow`; `PostgresError`.
  package func explanation(
    of contact: Int64, in segment: Int64, by actor: SegmentActor
  ) async throws -> SegmentExplanation? {
    let tools = try await tools(for: nil)
    return try await read(within: SegmentPreview.standardLimit) { connection in
      let catalog = try await SegmentStore.catalog(on: connection)
      guard let entry = catalog[segment] else { return nil }
      guard actor.mayUse(entry) else { throw SegmentError.forbidden }
      let compiler = SegmentCheck(tools, catalog, segment: segment, by: actor).compiler
      let (conditions, groups) = compiler.conditions(of: entry.filters ?? .none, for: contact)
      guard
        let found = try await SegmentStore.results(
          of: conditions, for: contact, in: segment, on: connection)
      else { return nil }
      var next = 0
      var explained = groups
      for group in explained.indices {
        for place in explained[group].indices where explained[group][place].error == nil {
          explained[group][place].matches = found.results[next]
          next += 1
        }
      }
      return SegmentExplanation(
        groups: explained,
        isExcludedVisitor: tools.options.excludesVisitors && found.isVisitor,
        membership: found.membership)
    }
  }
}

extension SegmentCompiler {
  /// Returns the conditions of single filters for one contact, and where their results belong: filters that cannot be
  /// evaluated have a reason instead of a condition.
  fileprivate func conditions(
    of filters: SegmentFilters, for contact: Int64
  ) -> (conditions: [SQL], groups: [[SegmentExplanation.Filter]]) {
    var conditions: [SQL] = []
    let groups = filters.groups.map { group in
      group.map { index, filter in
        do throws(CompileError) {
          let compiled = try compile(
            SegmentFilters(filter), references: .inlined, within: contact...contact)
          conditions.append(compiled.condition)
          return SegmentExplanation.Filter(index: index)
        } catch {
          return SegmentExplanation.Filter(index: index, error: error.description)
        }
      }
    }
    return (conditions, groups)
  }
}
