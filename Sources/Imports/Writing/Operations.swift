/// What a stretch of rows comes to: one operation for each record they mean.
struct Operations: Sendable {
  /// The rows of the block that are applied.
  let rows: Range<Int>
  /// The records, those that exist before those that the rows make.
  var targets: [TargetRecord] = []
  /// For each row its record.
  var targetOfRow: [Int32] = []
  /// For each row whether it made its record.
  var rowInserts: [Bool] = []
  /// For each record its first row of the stretch, -1 if no row means it.
  private(set) var firstRow: [Int32] = []
  /// For each row the next that means the same record, -1 at the end.
  private(set) var nextRow: [Int32] = []
  /// The folded cells of each record, as many as the layout has values.
  private(set) var cells: [Cell] = []
  /// For each record whether a row changed what an earlier row of the stretch had left.
  private(set) var isTouched: [Bool] = []
  /// For each record whether a row gave it a value that makes a contact known (CON-02).
  private(set) var isKnown: [Bool] = []
  private let width: Int

  init(rows: Range<Int>, width: Int) {
    self.rows = rows
    self.width = width
  }

  func cell(_ target: Int, _ slot: Int) -> Cell { cells[target * width + slot] }

  mutating func setCell(_ target: Int, _ slot: Int, _ cell: Cell) {
    cells[target * width + slot] = cell
  }

  /// Numbers of the records that rows mean, existing or new.
  func touched(new: Bool) -> [Int] {
    targets.indices.filter { targets[$0].isNew == new && firstRow[$0] >= 0 }
  }

  var insertedCount: Int { rowInserts.count { $0 } }

  /// Calls for every row of a record in their order, with the row's place in the block.
  @inline(__always)
  func forEachRow(of target: Int, _ body: (Int) -> Void) {
    var row = firstRow[target]
    while row >= 0 {
      body(Int(row) + rows.lowerBound)
      row = nextRow[Int(row)]
    }
  }

  /// Links the rows of each record and folds their values.
  mutating func fold(_ block: RowBlock, _ layout: Layout) {
    let count = targets.count
    firstRow = Array(repeating: -1, count: count)
    nextRow = Array(repeating: -1, count: rows.count)
    isTouched = Array(repeating: false, count: count)
    isKnown = Array(repeating: false, count: count)
    cells = Array(repeating: .none, count: count * width)
    var lastRow = [Int32](repeating: -1, count: count)
    let known = layout.values.indices.filter { layout.values[$0].identifies }
    block.arena.withUnsafeBytes { arena in
      for (index, row) in rows.enumerated() {
        let target = Int(targetOfRow[index])
        let place = row * block.width
        if known.contains(where: { block.cells[place + $0].state == .set }) {
          isKnown[target] = true
        }
        if lastRow[target] < 0 {
          firstRow[target] = Int32(truncatingIfNeeded: index)
          for slot in 0..<width { cells[target * width + slot] = block.cells[place + slot] }
        } else {
          nextRow[Int(lastRow[target])] = Int32(truncatingIfNeeded: index)
          let first = (rows.lowerBound + Int(firstRow[target])) * block.width
          for slot in 0..<width where !block.cells[place + slot].isNone {
            add(
              block.cells[place + slot], slot, of: target, layout.values[slot],
              first: block.cells[first + slot], arena)
          }
        }
        lastRow[target] = Int32(truncatingIfNeeded: index)
      }
    }
  }

  /// Folds what a further row says about a column.
  private mutating func add(
    _ later: Cell, _ slot: Int, of target: Int, _ value: ValueSlot, first: Cell,
    _ arena: UnsafeRawBufferPointer
  ) {
    guard value.rule != .firstRow else { return }
    let isNew = targets[target].isNew
    // Under skip-if-exists the default of a new record is a value that exists.
    if isNew,
      Fold.defaultWins(first: first, rule: value.rule, hasDefault: value.insertDefault != nil)
    {
      return
    }
    let at = target * width + slot
    let earlier = cells[at]
    cells[at] = Fold.compose(earlier, later, value.rule)
    // A row that changes what an earlier one left has changed the record, even if a third changes
    // it back. What the first row changes of a record that exists, only the database knows.
    if !isTouched[target], earlier != cells[at], isNew || !earlier.isNone,
      value.rule == .last || isNew,
      !Self.areEqual(earlier, cells[at], value, arena)
    {
      isTouched[target] = true
    }
  }

  /// Whether two cells leave the same value in a new record.
  private static func areEqual(
    _ a: Cell, _ b: Cell, _ value: ValueSlot, _ arena: UnsafeRawBufferPointer
  ) -> Bool {
    func bytes(_ cell: Cell) -> ArraySlice<UInt8>? {
      switch cell.state {
      case .set: Array(arena[cell.range])[...]
      case .clear: nil
      case .none: value.insertDefault?[...]
      }
    }
    return bytes(a) == bytes(b)
  }
}
