/// The combined effect of a range of rows: one operation per record.
struct Operations: Sendable {
  /// The rows of the block to apply.
  let rows: Range<Int>
  /// The records, existing ones before those that the rows create.
  var targets: [TargetRecord] = []
  /// The record of each row.
  var targetOfRow: [Int32] = []
  /// Whether each row created its record.
  var rowInserts: [Bool] = []
  /// The first row of each record in the range, -1 if there is none.
  private(set) var firstRow: [Int32] = []
  /// The next row of the same record for each row, -1 at the end.
  private(set) var nextRow: [Int32] = []
  /// The folded cells of each record, as many as the layout has values.
  private(set) var cells: [Cell] = []
  /// Whether a row changed the result of an earlier row of the range, for each record.
  private(set) var isTouched: [Bool] = []
  /// Whether a row set a value that makes a contact known, for each record (CON-02).
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

  /// Returns the indexes of the existing or new records that rows match.
  func touched(new: Bool) -> [Int] {
    targets.indices.filter { targets[$0].isNew == new && firstRow[$0] >= 0 }
  }

  var insertedCount: Int { rowInserts.count { $0 } }

  /// Calls a closure for every row of a record in order, with its offset in the block.
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
        let offset = row * block.width
        if known.contains(where: { block.cells[offset + $0].state == .set }) {
          isKnown[target] = true
        }
        if lastRow[target] < 0 {
          firstRow[target] = Int32(truncatingIfNeeded: index)
          for slot in 0..<width { cells[target * width + slot] = block.cells[offset + slot] }
        } else {
          nextRow[Int(lastRow[target])] = Int32(truncatingIfNeeded: index)
          let first = (rows.lowerBound + Int(firstRow[target])) * block.width
          for slot in 0..<width where !block.cells[offset + slot].isNone {
            add(
              block.cells[offset + slot], slot, of: target, layout.values[slot],
              first: block.cells[first + slot], arena)
          }
        }
        lastRow[target] = Int32(truncatingIfNeeded: index)
      }
    }
  }

  /// Folds the value of a further row into a column.
  private mutating func add(
    _ later: Cell, _ slot: Int, of target: Int, _ value: ValueSlot, first: Cell,
    _ arena: UnsafeRawBufferPointer
  ) {
    guard value.rule != .firstRow else { return }
    let isNew = targets[target].isNew
    // Under skip-if-exists the default of a new record is an existing value.
    if isNew,
      Fold.defaultWins(first: first, rule: value.rule, hasDefault: value.insertDefault != nil)
    {
      return
    }
    let at = target * width + slot
    let earlier = cells[at]
    cells[at] = Fold.compose(earlier, later, value.rule)
    // A row that changes the result of an earlier one has changed the record, even if a third
    // changes it back. Only the database knows what the first row changes in an existing record.
    if !isTouched[target], earlier != cells[at], isNew || !earlier.isNone,
      value.rule == .last || isNew,
      !Self.areEqual(earlier, cells[at], value, arena)
    {
      isTouched[target] = true
    }
  }

  /// Returns whether two cells leave the same value in a new record.
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
