class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # B rows, T new tokens a row, S slots of the cache, L slots in use after this call, H hidden, D head, G groups,
  # V vocabulary, R = B T. A row is padded on the left, so that all rows write the same slots; positions count from its
  # first token.

  # y [R, out] of x [R, in] and w [out, in]. Few rows run several times faster with the weight as the left factor, one
  # row as two equal columns.
  def product(self: __torch__.Llama, x: Tensor, w: Tensor, columns: int) -> Tensor:
    rows = torch.size(x, 0)
    if rows > columns:
      y = torch.linear(x, w)
    else:
      if rows == 1:
        pair = torch.matmul(w, torch.t(torch.cat([x, x], 0)))
        y = torch.t(torch.narrow(pair, 1, 0, 1))
      else:
        y = torch.t(torch.matmul(w, torch.t(x)))
    return y

  # The product plus the bias plus B A x of an adapter; biases holds that of projection i at i, loras A and B (scaled)
  # at 2 i, empty where there is none; either list may be empty.
  def adapted(self: __torch__.Llama, x: Tensor, w: Tensor, biases: List[Tensor], loras: List[Tensor], i: int,
      columns: int) -> Tensor:
    y = (self).product(x, w, columns)
    if torch.len(biases) > 0:
      bias = biases[i]
      if torch.numel(bias) > 0:
        y = torch.add(y, bias)
    if torch.len(loras) > 0:
      a = loras[2 * i]
      if torch.numel(a) > 0:
        y = torch.add(y, torch.linear(torch.linear(x, a), loras[2 * i + 1]))
    return y

  # x [B, T, heads, D] turned by its position; sin carries the sign of the rotation.
  def rotated(self: __torch__.Llama, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(torch.size(x, 3), 2)
    swapped = torch.cat([torch.narrow(x, 3, half, half), torch.narrow(x, 3, 0, half)], 3)
    return torch.addcmul(torch.mul(x, cos), swapped, sin)

  # ids [B, T]; the row of <IDK> stands apart, its id is V.
  def embedded(self: __torch__.Llama, ids: Tensor, embedding: Tensor, idk: List[Tensor]) -> Tensor:
    last = torch.size(embedding, 0) - 1
    h = torch.embedding(embedding, torch.clamp(ids, 0, last))
    if torch.len(idk) > 0:
      h = torch.where(torch.unsqueeze(torch.gt(ids, last), -1), idk[0], h)
    return h

  # mask [.., L] for layers with a sliding window: 0 only at the last of the places that a query sees. These stand in the
  # order of positions. ln 1 is added there and ln 0 before.
  def narrowed(self: __torch__.Llama, mask: Tensor, window: int) -> Tensor:
    seen = torch.flip(torch.eq(mask, 0), [-1])
    place = torch.flip(torch.cumsum(seen, -1), [-1])
    return torch.add(mask, torch.log(torch.type_as(torch.le(place, window), mask)))

  # Runs T new tokens of B rows through all layers. cache [layers, 2, rows, kvHeads, S, D] is written at rows row.. and
  # slots slot..; mask [B, 1, T, L] is added to the scores, narrowed to a window in layers of kind 1. Returns the normed
  # states of the R positions named by take, [M, H].
  def states(self: __torch__.Llama, ids: Tensor, positions: Tensor, mask: Tensor, take: Tensor, cache: Tensor, row: int,
      slot: int, weights: List[Tensor], biases: List[Tensor], loras: List[Tensor], idk: List[Tensor],
      cosines: Tensor, sines: Tensor, shape: List[int], kinds: List[int], eps: float, columns: int) -> Tensor:
    layers, heads, kv, dim, window, = shape
    groups = torch.floordiv(heads, kv)
    b = torch.size(ids, 0)
    t = torch.size(ids, 1)
    length = slot + t
    embedding = weights[0]
    width = torch.size(embedding, 1)
    cos = torch.unsqueeze(torch.embedding(cosines, positions), 2)
    sin = torch.unsqueeze(torch.embedding(sines, positions), 2)
    scores = torch.repeat(torch.type_as(mask, cache), [1, 1, groups, 1])
    near = scores
    if length > window:
      near = torch.repeat(torch.type_as((self).narrowed(mask, window), cache), [1, 1, groups, 1])
    masks = [scores, near]
    h = torch.reshape((self).embedded(ids, embedding, idk), [b * t, width])
    for l in range(layers):
      w = 9 * l + 1
      p = 7 * l
      x = torch.rms_norm(h, [width], weights[w], eps)
      q = torch.reshape((self).adapted(x, weights[w + 1], biases, loras, p, columns), [b, t, heads, dim])
      k = torch.reshape((self).adapted(x, weights[w + 2], biases, loras, p + 1, columns), [b, t, kv, dim])
      v = torch.reshape((self).adapted(x, weights[w + 3], biases, loras, p + 2, columns), [b, t, kv, dim])
      turned = (self).rotated(torch.cat([q, k], 2), cos, sin)
      rows = torch.narrow(torch.select(cache, 0, l), 1, row, b)
      keys = torch.select(rows, 0, 0)
      values = torch.select(rows, 0, 1)
      _0 = torch.copy_(torch.narrow(keys, 2, slot, t), torch.transpose(torch.narrow(turned, 2, heads, kv), 1, 2))
      _1 = torch.copy_(torch.narrow(values, 2, slot, t), torch.transpose(v, 1, 2))
      # The heads of a group stand one after the other as queries of their common key head.
      query = torch.reshape(torch.narrow(turned, 2, 0, heads), [b, t, kv, groups, dim])
      query = torch.reshape(torch.permute(query, [0, 2, 3, 1, 4]), [b, kv, groups * t, dim])
      mixed = torch.scaled_dot_product_attention(
          query, torch.narrow(keys, 2, 0, length), torch.narrow(values, 2, 0, length), masks[kinds[l]])
      mixed = torch.permute(torch.reshape(mixed, [b, kv, groups, t, dim]), [0, 3, 1, 2, 4])
      attended = torch.reshape(mixed, [b * t, heads * dim])
      h = torch.add(h, (self).adapted(attended, weights[w + 4], biases, loras, p + 3, columns))
      x = torch.rms_norm(h, [width], weights[w + 5], eps)
      gate = torch.silu((self).adapted(x, weights[w + 6], biases, loras, p + 4, columns))
      up = (self).adapted(x, weights[w + 7], biases, loras, p + 5, columns)
      h = torch.add(h, (self).adapted(torch.mul(gate, up), weights[w + 8], biases, loras, p + 6, columns))
    taken = torch.index_select(h, 0, take)
    return torch.rms_norm(taken, [width], weights[9 * layers + 1], eps)

  # states [M, H] to logits [M, V], or [M, V + 1] with <IDK> last, float32. idk holds the row of <IDK> in the embedding
  # and, where the output matrix is another, its row there.
  def logits(self: __torch__.Llama, states: Tensor, weights: List[Tensor], layers: int, idk: List[Tensor],
      columns: int) -> Tensor:
    last = 9 * layers + 2
    if torch.len(weights) > last:
      out = weights[last]
    else:
      out = weights[0]
    y = (self).product(states, out, columns)
    if torch.len(idk) > 0:
      z = torch.cat([y, torch.matmul(states, torch.unsqueeze(idk[torch.len(idk) - 1], 1))], 1)
    else:
      z = torch.contiguous(y)
    return torch.to(z, 6)

  # What there is to know about M distributions: log-probabilities [M, V], entropy [M], most likely id [M], the n best
  # [M, n] with ids [M, n], log-probabilities of the watched ids [M, W].
  def observe(self: __torch__.Llama, logits: Tensor, n: int,
      watched: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    p = torch.log_softmax(logits, 1)
    entropy = torch.neg(torch.sum(torch.mul(torch.exp(p), p), [1]))
    best = torch.argmax(logits, 1)
    values, ids, = torch.topk(p, n, 1)
    return (p, entropy, best, values, ids, torch.index_select(p, 1, watched))

  # Log-probabilities [M] of given ids [M].
  def pick(self: __torch__.Llama, logProbs: Tensor, ids: Tensor) -> Tensor:
    return torch.squeeze(torch.gather(logProbs, 1, torch.unsqueeze(ids, 1)), 1)

  # Copies the first slots of a prefix [layers, 2, kvHeads, P, D] into a row.
  def put(self: __torch__.Llama, cache: Tensor, row: int, slot: int, prefix: Tensor, slots: int) -> Tensor:
    place = torch.narrow(torch.select(cache, 2, row), 3, slot, slots)
    return torch.copy_(place, torch.narrow(prefix, 3, 0, slots))

  # A copy of a row's slots, [layers, 2, kvHeads, slots, D].
  def take(self: __torch__.Llama, cache: Tensor, row: int, slot: int, slots: int) -> Tensor:
    return torch.clone(torch.narrow(torch.select(cache, 2, row), 3, slot, slots))

  # Copies the first slots of one row over another.
  def move(self: __torch__.Llama, cache: Tensor, source: int, target: int, slots: int) -> Tensor:
    place = torch.narrow(torch.select(cache, 2, target), 3, 0, slots)
    return torch.copy_(place, torch.narrow(torch.select(cache, 2, source), 3, 0, slots))
