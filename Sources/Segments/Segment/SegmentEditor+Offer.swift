extension SegmentEditor {
  /// Returns the filters that a segment may have, in the order of their headings: fields in their own order, special
  /// ones by name.
  package func offeredFilters() async throws -> [OfferedFilter] {
    let fields = try await fields.current()
    let families = try await jobs.postgres.withConnection {
      try await registry.familyFields(on: $0)
    }
    let special = registry.all.sorted { ($0.label, $0.name) < ($1.label, $1.name) } + families
    // A special field hides a contact's field of its name.
    let names = Set(registry.all.map(\.name))
    let own = fields.all.filter { $0.object == .company || !names.contains($0.alias) }
    let all = own.compactMap(OfferedFilter.init) + special.map(OfferedFilter.init)
    return FilterSection.allCases.flatMap { section in all.filter { $0.section == section } }
  }
}
