class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # R new tokens of several sequences, H hidden, D head, G groups, V vocabulary, M wanted positions. Keys and values
  # stand in slabs [layers, 2, rows, kvHeads, S, D], a sequence a row, each token in the slot of its position.

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
  # at 2 i, empty where there is none; either list may be empty. With several adapters their loras follow one another,
  # and others [R, 1] of each says which tokens are not its own.
  def adapted(self: __torch__.Llama, x: Tensor, w: Tensor, biases: List[Tensor], loras: List[Tensor],
      others: List[Tensor], i: int, columns: int) -> Tensor:
    y = (self).product(x, w, columns)
    if torch.len(biases) > 0:
      bias = biases[i]
      if torch.numel(bias) > 0:
        y = torch.add(y, bias)
    adapters = torch.len(others)
    if torch.len(loras) > 0:
      if adapters == 0:
        a = loras[2 * i]
        if torch.numel(a) > 0:
          y = torch.add(y, torch.linear(torch.linear(x, a), loras[2 * i + 1]))
      else:
        stride = torch.floordiv(torch.len(loras), adapters)
        for s in range(adapters):
          a = loras[s * stride + 2 * i]
          if torch.numel(a) > 0:
            change = torch.linear(torch.linear(x, a), loras[s * stride + 2 * i + 1])
            y = torch.add(y, torch.masked_fill(change, others[s], 0))
    return y

  # x [R, heads, D] turned by its position; sin carries the sign of the rotation.
  def rotated(self: __torch__.Llama, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(torch.size(x, 2), 2)
    swapped = torch.cat([torch.narrow(x, 2, half, half), torch.narrow(x, 2, 0, half)], 2)
    return torch.addcmul(torch.mul(x, cos), swapped, sin)

  # A vector of each token: row [H] itself, or of row [A, H] that of its adapter.
  def chosen(self: __torch__.Llama, row: Tensor, which: Tensor) -> Tensor:
    if torch.numel(which) == 0:
      rows = torch.unsqueeze(row, 0)
    else:
      rows = torch.index_select(row, 0, which)
    return rows

  # ids [R]; the row of <IDK> stands apart, its id is V.
  def embedded(self: __torch__.Llama, ids: Tensor, embedding: Tensor, idk: List[Tensor], which: Tensor) -> Tensor:
    last = torch.size(embedding, 0) - 1
    h = torch.embedding(embedding, torch.clamp(ids, 0, last))
    if torch.len(idk) > 0:
      h = torch.where(torch.unsqueeze(torch.gt(ids, last), -1), (self).chosen(idk[0], which), h)
    return h

  # Rows that stand together in a slab and have as many new tokens each form a segment of five numbers: slab, first row,
  # B rows, T tokens a row, L slots to look at. Its tokens stand row by row. A mask [B, 1, G T, L] of each is added to
  # its scores: ln 1 at what a token sees, itself and those before it within the window, and ln 0 elsewhere.
  def masks(self: __torch__.Llama, positions: Tensor, slots: Tensor, segments: List[int], groups: int, window: int,
      like: Tensor) -> List[Tensor]:
    masks = annotate(List[Tensor], [])
    first = 0
    for s in range(torch.floordiv(torch.len(segments), 5)):
      b = segments[5 * s + 2]
      t = segments[5 * s + 3]
      length = segments[5 * s + 4]
      position = torch.reshape(torch.narrow(positions, 0, first, b * t), [b, 1, t, 1])
      distance = torch.sub(position, torch.narrow(slots, 0, 0, length))
      seen = torch.log(torch.type_as(torch.ge(distance, 0), like))
      if length > window:
        seen = torch.add(seen, torch.log(torch.type_as(torch.lt(distance, window), like)))
      _0 = torch.append(masks, torch.repeat(seen, [1, 1, groups, 1]))
      first = first + b * t
    return masks

  # Attention of one layer. query [R, heads, D]; key and value [R, kvHeads, D] are written to the slabs first, at places
  # of the slab seen as [2 rows kvHeads S, D]: of each segment those of its keys, then of its values. Returns
  # [R, heads D].
  # If watch, the weight [n, heads] that each token of a segment has for the one before it is added to previous.
  def attended(self: __torch__.Llama, query: Tensor, key: Tensor, value: Tensor, caches: List[Tensor], l: int,
      places: Tensor, segments: List[int], masks: List[Tensor], positions: Tensor, watch: bool,
      previous: List[Tensor]) -> Tensor:
    heads = torch.size(query, 1)
    kv = torch.size(key, 1)
    dim = torch.size(key, 2)
    groups = torch.floordiv(heads, kv)
    parts = annotate(List[Tensor], [])
    first = 0
    for s in range(torch.len(masks)):
      row = segments[5 * s + 1]
      b = segments[5 * s + 2]
      t = segments[5 * s + 3]
      length = segments[5 * s + 4]
      n = b * t
      cache = torch.select(caches[segments[5 * s]], 0, l)
      k = torch.reshape(torch.narrow(key, 0, first, n), [n * kv, dim])
      v = torch.reshape(torch.narrow(value, 0, first, n), [n * kv, dim])
      place = torch.narrow(places, 0, 2 * kv * first, 2 * kv * n)
      _1 = torch.index_copy_(torch.view(cache, [-1, dim]), 0, place, torch.cat([k, v], 0))
      rows = torch.narrow(torch.narrow(cache, 1, row, b), 3, 0, length)
      # The heads of a group stand one after the other as queries of their common key head.
      q = torch.reshape(torch.narrow(query, 0, first, n), [b, t, kv, groups, dim])
      q = torch.reshape(torch.permute(q, [0, 2, 3, 1, 4]), [b, kv, groups * t, dim])
      mixed = torch.scaled_dot_product_attention(q, torch.select(rows, 0, 0), torch.select(rows, 0, 1), masks[s])
      if watch:
        scores = torch.matmul(q, torch.transpose(torch.select(rows, 0, 0), 2, 3))
        scores = torch.add(torch.div(scores, torch.sqrt(dim)), masks[s])
        shares = torch.reshape(torch.softmax(torch.to(scores, 6), 3), [b, kv, groups, t, length])
        position = torch.narrow(positions, 0, first, n)
        before = torch.reshape(torch.clamp(torch.sub(position, 1), 0), [b, 1, 1, t, 1])
        share = torch.gather(shares, 4, torch.expand(before, [b, kv, groups, t, 1]))
        share = torch.reshape(torch.permute(share, [0, 3, 1, 2, 4]), [n, heads])
        _3 = torch.append(previous, torch.mul(share, torch.unsqueeze(torch.gt(position, 0), 1)))
      mixed = torch.permute(torch.reshape(mixed, [b, kv, groups, t, dim]), [0, 3, 1, 2, 4])
      _2 = torch.append(parts, torch.reshape(mixed, [n, heads * dim]))
      first = first + n
    if torch.len(parts) == 1:
      all = parts[0]
    else:
      all = torch.cat(parts, 0)
    return all

  # Runs R new tokens through all layers; slots counts from 0 to the context's end, kinds holds 1 for layers with a
  # sliding window. Returns the normed states of the tokens named by take, [M, H], and, if watched names P tokens, their
  # states before the first layer and after each, [layers + 1, P, H], and the weight that each of the R tokens has for
  # the one before it, [layers, R, heads]; else two empty tensors.
  def states(self: __torch__.Llama, ids: Tensor, positions: Tensor, places: Tensor, take: Tensor, caches: List[Tensor],
      segments: List[int], weights: List[Tensor], biases: List[Tensor], loras: List[Tensor], others: List[Tensor],
      idk: List[Tensor], which: Tensor, watched: Tensor, cosines: Tensor, sines: Tensor, slots: Tensor,
      shape: List[int], kinds: List[int], eps: float, columns: int) -> Tuple[Tensor, Tensor, Tensor]:
    watch = torch.gt(torch.numel(watched), 0)
    hidden = annotate(List[Tensor], [])
    shares = annotate(List[Tensor], [])
    layers, heads, kv, dim, window, = shape
    r = torch.size(ids, 0)
    embedding = weights[0]
    width = torch.size(embedding, 1)
    cos = torch.unsqueeze(torch.embedding(cosines, positions), 1)
    sin = torch.unsqueeze(torch.embedding(sines, positions), 1)
    groups = torch.floordiv(heads, kv)
    all = (self).masks(positions, slots, segments, groups, torch.size(slots, 0), cosines)
    near = all
    if window < torch.size(slots, 0):
      near = (self).masks(positions, slots, segments, groups, window, cosines)
    h = (self).embedded(ids, embedding, idk, which)
    for l in range(layers):
      previous = annotate(List[Tensor], [])
      if watch:
        _0 = torch.append(hidden, torch.index_select(h, 0, watched))
      w = 9 * l + 1
      p = 7 * l
      x = torch.rms_norm(h, [width], weights[w], eps)
      q = torch.reshape((self).adapted(x, weights[w + 1], biases, loras, others, p, columns), [r, heads, dim])
      k = torch.reshape((self).adapted(x, weights[w + 2], biases, loras, others, p + 1, columns), [r, kv, dim])
      v = torch.reshape((self).adapted(x, weights[w + 3], biases, loras, others, p + 2, columns), [r, kv, dim])
      turned = (self).rotated(torch.cat([q, k], 1), cos, sin)
      masks = all
      if kinds[l] > 0:
        masks = near
      attended = (self).attended(torch.narrow(turned, 1, 0, heads), torch.narrow(turned, 1, heads, kv), v, caches, l,
          places, segments, masks, positions, watch, previous)
      if watch:
        _1 = torch.append(shares, torch.cat(previous, 0))
      h = torch.add(h, (self).adapted(attended, weights[w + 4], biases, loras, others, p + 3, columns))
      x = torch.rms_norm(h, [width], weights[w + 5], eps)
      gate = torch.silu((self).adapted(x, weights[w + 6], biases, loras, others, p + 4, columns))
      up = (self).adapted(x, weights[w + 7], biases, loras, others, p + 5, columns)
      h = torch.add(h, (self).adapted(torch.mul(gate, up), weights[w + 8], biases, loras, others, p + 6, columns))
    taken = torch.rms_norm(torch.index_select(h, 0, take), [width], weights[9 * layers + 1], eps)
    if watch:
      _2 = torch.append(hidden, torch.index_select(h, 0, watched))
      inside = (taken, torch.to(torch.stack(hidden, 0), 6), torch.stack(shares, 0))
    else:
      inside = (taken, watched, watched)
    return inside

  # states [M, H] to logits [M, V], or [M, V + 1] with <IDK> last, float32. idk holds the row of <IDK> in the embedding
  # and, where the output matrix is another, its row there; of several adapters, which [M] names each state's.
  def logits(self: __torch__.Llama, states: Tensor, weights: List[Tensor], layers: int, idk: List[Tensor],
      which: Tensor, columns: int) -> Tensor:
    last = 9 * layers + 2
    if torch.len(weights) > last:
      out = weights[last]
    else:
      out = weights[0]
    y = (self).product(states, out, columns)
    if torch.len(idk) > 0:
      row = idk[torch.len(idk) - 1]
      if torch.numel(which) == 0:
        mine = torch.matmul(states, torch.unsqueeze(row, 1))
      else:
        mine = torch.sum(torch.mul(states, torch.index_select(row, 0, which)), [1], True)
      z = torch.cat([y, mine], 1)
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

  # Some of the rows, [n, V].
  def some(self: __torch__.Llama, logProbs: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(logProbs, 0, rows)

  # Copies the first slots of a prefix [layers, 2, kvHeads, P, D] into a row.
  def put(self: __torch__.Llama, cache: Tensor, row: int, prefix: Tensor, slots: int) -> Tensor:
    place = torch.narrow(torch.select(cache, 2, row), 3, 0, slots)
    return torch.copy_(place, torch.narrow(prefix, 3, 0, slots))

  # A copy of a row's first slots, [layers, 2, kvHeads, slots, D].
  def take(self: __torch__.Llama, cache: Tensor, row: int, slots: int) -> Tensor:
    return torch.clone(torch.narrow(torch.select(cache, 2, row), 3, 0, slots))

  # Copies the first slots of one row over another, of the same slab or of another.
  def move(self: __torch__.Llama, source: Tensor, row: int, target: Tensor, other: int, slots: int) -> Tensor:
    place = torch.narrow(torch.select(target, 2, other), 3, 0, slots)
    return torch.copy_(place, torch.narrow(torch.select(source, 2, row), 3, 0, slots))

  # Makes all slots of a row zero.
  def clear(self: __torch__.Llama, cache: Tensor, row: int) -> Tensor:
    return torch.zero_(torch.select(cache, 2, row))
