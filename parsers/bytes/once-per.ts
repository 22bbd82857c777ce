/** A function of an object that computes its answer for each object only once, and keeps it as long as the object. */
export function oncePer<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return (key) => {
    let answer = known.get(key)
    if (answer === undefined) {
      answer = { value: compute(key) }
      known.set(key, answer)
    }
    return answer.value
  }
}
