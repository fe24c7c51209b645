import Contacts
import Postgres

/// The ids of the names in the rows of a block.
struct ResolvedNames: Sendable {
  /// The companies, by the number in the rows.
  var companies: [(id: Int64, name: String)] = []
  /// The stages, by number.
  var stages: [Int64] = []
  /// The changes of each tag cell.
  var tags: [[(tag: Int64, adds: Bool)]] = []
  /// The tag changes of the defaults, applied to every contact.
  var defaultTags: [(tag: Int64, adds: Bool)] = []
  /// The ids of each address cell.
  var addresses: [[Int64]] = []

  /// Locks these and other names against changes until the transaction ends.
  ///
  /// - Returns: Whether they are still as they were looked up.
  func hold(with others: ResolvedNames, on connection: PostgresConnection) async throws -> Bool {
    let tags = Set((tags + others.tags).joined().map(\.tag)).union(defaultTags.map(\.tag))
    return try await NamesInUse.hold(
      companies: companies + others.companies, stages: Set(stages + others.stages).sorted(),
      tags: tags.sorted(), on: connection)
  }
}

extension RowBlock {
  /// Writes companies and stages into the block as they are in the database: each contact carries
  /// the name of its company (CON-32), whatever the letter case in the file.
  mutating func show(_ names: ResolvedNames, _ layout: Layout) {
    showStages(names, layout)
    showCompanies(names, layout)
  }

  mutating func showStages(_ names: ResolvedNames, _ layout: Layout) {
    guard let slot = layout.stageSlot else { return }
    let cells = names.stages.map { append(String($0)) }
    for row in 0..<count where cell(row, slot).state == .set {
      self.cells[row * width + slot] = cells[Int(cell(row, slot).number)]
    }
  }

  mutating func showCompanies(_ names: ResolvedNames, _ layout: Layout) {
    if let slot = layout.companySlot, let mirror = layout.companyNameSlot {
      let cells = names.companies.map { append($0.name) }
      for row in 0..<count where cell(row, slot).state == .set {
        self.cells[row * width + mirror] = cells[Int(cell(row, slot).number)]
      }
    }
  }
}
