/// What a stretch of rows comes to: one operation for each record they mean.
struct Operations: Sendable {
  /// The rows of the block that are applied.
  let rows: Range<Int>
  /// The records, those that exist before those that the rows make.
  var subjects: [Subject] = []
  /// For each row its record.
  var subjectOfRow: [Int32] = []
  /// For each row whether it made its record.
  var rowInserts: [Bool] = []
  /// For each record its first row of the stretch, -1 if no row means it.
  private(set) var firstRow: [Int32] = []
  /// For each row the next that means the same record, -1 at the end.
  private(set) var nextRow: [Int32] = []
  /// The folded cells of each record, as many as the layout has values.
  private(set) var cells: [Cell] = []
  private let width: Int

  init(rows: Range<Int>, width: Int) {
    self.rows = rows
    self.width = width
  }

  func cell(_ subject: Int, _ slot: Int) -> Cell { cells[subject * width + slot] }

  mutating func setCell(_ subject: Int, _ slot: Int, _ cell: Cell) {
    cells[subject * width + slot] = cell
  }

  /// Numbers of the records that rows mean, existing or new.
  func touched(new: Bool) -> [Int] {
    subjects.indices.filter { subjects[$0].isNew == new && firstRow[$0] >= 0 }
  }

  var insertedCount: Int { rowInserts.count { $0 } }

  /// Calls for every row of a record in their order, with the row's place in the block.
  @inline(__always)
  func forEachRow(of subject: Int, _ body: (Int) -> Void) {
    var row = firstRow[subject]
    while row >= 0 {
      body(Int(row) + rows.lowerBound)
      row = nextRow[Int(row)]
    }
  }

  /// Links the rows of each record and folds their values.
  mutating func fold(_ block: RowBlock, _ layout: Layout) {
    let count = subjects.count
    firstRow = Array(repeating: -1, count: count)
    nextRow = Array(repeating: -1, count: rows.count)
    var lastRow = [Int32](repeating: -1, count: count)
    cells = Array(repeating: .none, count: count * width)
    for (index, row) in rows.enumerated() {
      let subject = Int(subjectOfRow[index])
      let place = row * block.width
      if lastRow[subject] < 0 {
        firstRow[subject] = Int32(truncatingIfNeeded: index)
        for slot in 0..<width { cells[subject * width + slot] = block.cells[place + slot] }
      } else {
        nextRow[Int(lastRow[subject])] = Int32(truncatingIfNeeded: index)
        for slot in 0..<width {
          let later = block.cells[place + slot]
          let rule = layout.values[slot].rule
          if later.isNone || rule == .firstRow { continue }
          let at = subject * width + slot
          // Under skip-if-exists the default of a new record is a value that exists.
          if subjects[subject].isNew,
            Fold.defaultWins(
              first: block.cells[(rows.lowerBound + Int(firstRow[subject])) * block.width + slot],
              rule: rule, hasDefault: layout.values[slot].insertDefault != nil)
          {
            continue
          }
          cells[at] = Fold.compose(cells[at], later, rule)
        }
      }
      lastRow[subject] = Int32(truncatingIfNeeded: index)
    }
  }
}
