extension ContactEditor {
  /// Applies an operation to the points of a contact (CON-13).
  ///
  /// - Returns: Whether the contact exists.
  /// - Throws: ``InvalidInput`` for a division by 0; `PostgresError`.
  package func changePoints(
    of id: Int64, _ operation: PointsOperator, by amount: Int, reason: PointsReason,
    from origin: ContactOrigin
  ) async throws -> Bool {
    try await transactions.transaction(at: origin.now) { transaction in
      try await ContactPoints.change(
        [id], operation, by: amount, reason: reason, author: origin.author,
        in: transaction)[id] != nil
    }
  }

  /// Sets the stage of a contact, or removes it from the stage it is in (STG-11).
  ///
  /// - Returns: Whether the stage and the contact exist.
  /// - Throws: `PostgresError`.
  package func setStage(
    _ stage: Int64, of id: Int64, removing: Bool, from origin: ContactOrigin
  ) async throws -> Bool {
    try await transactions.transaction(at: origin.now) { transaction in
      // The contact is locked first, as everywhere.
      guard try await !ContactLock.lock([id], on: transaction.connection).isEmpty,
        let stage = try await ContactStages.find(.id(stage), on: transaction.connection)
      else { return false }
      _ = try await ContactStages.set(
        [id], stage, removing: removing, author: origin.author, in: transaction)
      return true
    }
  }
}
