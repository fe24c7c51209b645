import Contacts
import Postgres

/// The ids of the names that the rows of a block mention.
struct ResolvedNames: Sendable {
  /// Companies by the number that rows carry.
  var companies: [(id: Int64, name: String)] = []
  /// Stages by number.
  var stages: [Int64] = []
  /// For each tag cell what it changes.
  var tags: [[(tag: Int64, adds: Bool)]] = []
  /// What the defaults change in every contact.
  var defaultTags: [(tag: Int64, adds: Bool)] = []
  /// For each cell of addresses their ids.
  var addresses: [[Int64]] = []

  /// Keeps these and other names as they are until the transaction ends.
  ///
  /// - Returns: Whether they still are as they were looked up.
  func hold(with others: ResolvedNames, on connection: PostgresConnection) async throws -> Bool {
    let tags = Set((tags + others.tags).joined().map(\.tag)).union(defaultTags.map(\.tag))
    return try await NamesInUse.hold(
      companies: companies + others.companies, stages: Set(stages + others.stages).sorted(),
      tags: tags.sorted(), on: connection)
  }
}

extension RowBlock {
  /// Shows companies and stages in the block as they are in the database: each contact carries
  /// the name that its company has (CON-32), whatever the letter case in the file.
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
